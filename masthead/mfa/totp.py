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
#: The codes of the previous and the next step are valid as well, since clocks of phones are inexact.
STEPS_APART = (0, -1, 1)


def use_code(user_id: int, code: str) -> bool:
    """Use up a code of the authenticator app; return False if it is invalid or used."""
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
    """Return the valid time step of the code, or None."""
    present = int(clock.now().timestamp()) // STEP_SECONDS
    codes = pyotp.HOTP(secret, digits=DIGITS)
    found = [
        present + apart
        for apart in STEPS_APART
        if secrets.compare_digest(codes.at(present + apart).encode(), code.encode())
    ]
    return found[0] if found else None


def new_secret() -> str:
    """Return a new secret for an app: 160 bits in base32, as RFC 4226 advises."""
    return pyotp.random_base32()


def provisioning_uri(user: User, secret: str, *, publication: str) -> str:
    """Return the otpauth:// URI for the QR code, with the names of the account and the site."""
    # A colon separates the site from the account, so the title must not contain one.
    site = " ".join(publication.replace(":", " ").split()) or urlsplit(current_app.config["SITE_URL"]).netloc
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(
        name=user.email or user.username, issuer_name=site[:60]
    )


def store_authenticator(user: User, secret: str, *, step: int) -> None:
    """Store the authenticator app, replacing an earlier one. ``step`` is the time step of the code that verified it."""
    db.session.execute(delete(Authenticator).where(Authenticator.user_id == user.id))
    db.session.add(
        Authenticator(
            user_id=user.id, sealed_secret=encryption.encrypt(secret), last_step=step, created_at=clock.now()
        )
    )
    db.session.flush()
