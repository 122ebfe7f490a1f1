"""Passkeys (W3C Web Authentication, level 3), as far as pages ask for them before anybody uses one.

What devices are asked and answer stands in `masthead.mfa.webauthn`, with the libraries for it: they take a tenth of
the start and of the memory, and are loaded when the first passkey is asked for.
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

#: How long a page with a challenge can be used, and how long a used one has to be remembered.
CHALLENGE_LIFETIME = timedelta(hours=1)


class ChallengePurpose(StrEnum):
    """What a challenge is for; an answer to one is worth nothing for another."""

    ADD = "add"
    SIGN_IN = "sign in"
    SECOND_STEP = "second step"
    CONFIRM = "confirm"


def is_supported() -> bool:
    """Whether browsers offer passkeys for SITE_URL: it needs https and a name; localhost does without https."""
    settings = current_app.config
    host = relying_party_id()
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(settings["SESSION_COOKIE_SECURE"]) or host.split(".")[-1] == "localhost"
    return False


def relying_party_id() -> str:
    """The name to which passkeys belong."""
    return urlsplit(current_app.config["SITE_URL"]).hostname or ""


def delete_used_challenges() -> None:
    """Delete used challenges that are too old to be answered again."""
    before = clock.now() - 2 * CHALLENGE_LIFETIME
    db.session.execute(delete(UsedChallenge).where(UsedChallenge.used_at < before))
