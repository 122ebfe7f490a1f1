"""How factories reach the database of the running test."""

from collections.abc import Iterator
from contextlib import contextmanager

from masthead.db import db
from tests.support.databases import Database


@contextmanager
def storing() -> Iterator[Database]:
    """A unit of work on the database of the running test; what was loaded in it is detached at its end."""
    database = Database.current
    assert database is not None, (
        "Factories need a database: let the test ask for `app`, `client`, `cast` or `live_site`."
    )
    with database.app.app_context():
        yield database
        db.session.commit()
        db.session.expunge_all()
