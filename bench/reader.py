"""Somebody who is signed in to the generated publication, since their pages are made for each request."""

import secrets
from pathlib import Path

from masthead import clock
from masthead.app import create_app
from masthead.config import ProductionConfig
from masthead.db import db
from masthead.login import sessions
from masthead.people import queries as people
from masthead.people.models import User

NAME = "benchmark-reader"


def session_cookie(home: Path) -> str:
    """The cookie of a new login of a reader, whose account is made with the first one."""
    app = create_app(ProductionConfig(MASTHEAD_HOME=home, LOG_LEVEL="WARNING"))
    with app.test_request_context():
        reader = people.by_username(NAME) or _reader()
        secret = sessions.start(reader, is_remembered=True)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    # With the secret of forms that a browser has after its first page; without it each page would make a new one.
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined] # Flask's own kind has it
    kept = {"_user_id": secret, "_fresh": True, "csrf_token": secrets.token_hex(20)}
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(kept)}"


def _reader() -> User:
    reader = User(
        username=NAME,
        username_key=NAME,
        name="Reader",
        bio="",
        website="",
        email=f"{NAME}@example.org",
        email_key=f"{NAME}@example.org",
        role_id=people.role("reader").id,
        is_active=True,
        is_byline=False,
        confirmed_at=clock.now(),
    )
    db.session.add(reader)
    db.session.flush()
    return people.get(reader.id)
