"""Authenticator apps: time-based one-time passwords (TOTP, RFC 6238). Nothing here commits.

A code counts once. One statement moves ``last_step`` on, so that of several requests with the same code one succeeds.
"""

import secrets
from urllib.parse import urlsplit

import pyotp
from flask import current_app
from sqlalchemy import delete, update

from masthead import clock
from masthead.db import db
from masthead.mfa import encryption
from masthead.mfa.models import Authenticator
from masthead.people.models import User

STEP_SECONDS = 30
DIGITS = 6
#: The code of the step before and of the next one count as well: clocks of telephones are seldom exact.
STEPS_APART = (0, -1, 1)


def use_code(user_id: int, code: str) -> bool:
    """Use up a code of the authenticator app; False if it does not count (any more)."""
    app = db.session.get(Authenticator, user_id)
    secret = encryption.decrypt(app.sealed_secret) if app is not None else None
    step = matching_step(secret, code) if secret is not None else None
    if step is None:
        return False
    used = db.session.scalar(
        update(Authenticator)
        .where(Authenticator.user_id == user_id, Authenticator.last_step < step)
        .values(last_step=step)
        .returning(Authenticator.user_id),
        execution_options={"synchronize_session": False},
    )
    return used is not None


def matching_step(secret: str, code: str) -> int | None:
    """The step of time, of those that count now, whose code this is."""
    present = int(clock.now().timestamp()) // STEP_SECONDS
    codes = pyotp.HOTP(secret, digits=DIGITS)
    found = [
        present + apart
        for apart in STEPS_APART
        if secrets.compare_digest(codes.at(present + apart).encode(), code.encode())
    ]
    return found[0] if found else None


def new_secret() -> str:
    """A secret for an app, in base32; 160 bits, as RFC 4226 advises."""
    return pyotp.random_base32()


def provisioning_uri(user: User, secret: str, *, publication: str) -> str:
    """What the QR code says to the app (otpauth://…): whose codes these are, and for which site."""
    # A colon separates the site from the account, whatever the title holds.
    site = " ".join(publication.replace(":", " ").split()) or urlsplit(current_app.config["SITE_URL"]).netloc
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(
        name=user.email or user.username, issuer_name=site[:60]
    )


def store_authenticator(user: User, secret: str, *, step: int) -> None:
    """Store the app, or another one in its place. ``step`` is that of the code which proved that it works."""
    db.session.execute(delete(Authenticator).where(Authenticator.user_id == user.id))
    db.session.add(
        Authenticator(
            user_id=user.id, sealed_secret=encryption.encrypt(secret), last_step=step, created_at=clock.now()
        )
    )
    db.session.flush()
