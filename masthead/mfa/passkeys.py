"""Passkeys (W3C Web Authentication, level 3): the part that pages need before anybody uses one.

`masthead.mfa.webauthn` holds the protocol. It imports libraries that take a tenth of the start time and of the memory,
so it is imported on first use.
"""

import ipaddress
from datetime import timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import delete

from masthead import clock
from masthead.db import db
from masthead.mfa.models import UsedChallenge

#: The lifetime of a challenge, and how long a used one is stored.
CHALLENGE_LIFETIME = timedelta(hours=1)


class ChallengePurpose(StrEnum):
    """The purpose of a challenge. An answer is valid for the same purpose only."""

    ADD = "add"
    SIGN_IN = "sign in"
    SECOND_STEP = "second step"
    CONFIRM = "confirm"


def is_supported() -> bool:
    """Return True if browsers support passkeys for SITE_URL: a host name with https, or localhost."""
    settings = current_app.config
    host = relying_party_id()
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(settings["SESSION_COOKIE_SECURE"]) or host.split(".")[-1] == "localhost"
    return False


def relying_party_id() -> str:
    """Return the host name to which passkeys belong."""
    return urlsplit(current_app.config["SITE_URL"]).hostname or ""


def delete_used_challenges() -> None:
    """Delete used challenges that are too old to be answered again."""
    before = clock.now() - 2 * CHALLENGE_LIFETIME
    db.session.execute(delete(UsedChallenge).where(UsedChallenge.used_at < before))
