"""Start-up steps of every server, including those that load `masthead.wsgi` themselves."""

from flask import Flask

from masthead.db import db
from masthead.feeds import identity
from masthead.operation.schema import present_schema


def begin(app: Flask) -> None:
    """Store the decisions of the first start. Does nothing, and never fails, without usable tables."""
    with app.app_context():
        if present_schema().problem is None:
            identity.settle()
            db.session.commit()
        db.session.remove()
        # Server processes are forks, and open their own connections.
        db.engine.dispose()
