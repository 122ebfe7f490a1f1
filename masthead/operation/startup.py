"""The steps of a site's start that every server needs, ours and those which load `masthead.wsgi` themselves."""

from flask import Flask

from masthead.db import db
from masthead.feeds import identity
from masthead.operation.schema import present_schema


def begin(app: Flask) -> None:
    """Settle what the first start decides for good. Without usable tables nothing is settled, and nothing fails here."""
    with app.app_context():
        if present_schema().problem is None:
            identity.settle()
            db.session.commit()
        db.session.remove()
        # The server's processes are forks, and open connections of their own.
        db.engine.dispose()
