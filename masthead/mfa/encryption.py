"""Encryption of secrets that must be readable, such as the secret of an authenticator app. The key is not in the
database.

The library is imported on first use: it takes six megabytes, and few processes of a small site need it.
"""

import base64
import hashlib
from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def encrypt(secret: str) -> str:
    """Return the secret, encrypted and signed (Fernet)."""
    return _box().encrypt(secret.encode()).decode("ascii")


def decrypt(sealed: str) -> str | None:
    """Return the secret; None if it was not encrypted here with the present SECRET_KEY."""
    from cryptography.fernet import InvalidToken

    try:
        return _box().decrypt(sealed.encode("utf-8", "replace")).decode()
    except InvalidToken:
        return None


def _box() -> "Fernet":
    from cryptography.fernet import Fernet

    key = hashlib.blake2b(
        b"authenticator secrets",
        key=current_app.config["SECRET_KEY"].encode()[:64],
        digest_size=32,
        person=b"masthead.seal",
    )
    return Fernet(base64.urlsafe_b64encode(key.digest()))
