"""Keeping secrets that have to be read again, such as the one of an authenticator app: encrypted with a key that the
database does not hold.

The library is loaded with the first secret: it takes six megabytes, and few processes of a small site ever need it.
"""

import base64
import hashlib
from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


def encrypt(secret: str) -> str:
    """The secret, encrypted and signed (Fernet)."""
    return _box().encrypt(secret.encode()).decode("ascii")


def decrypt(sealed: str) -> str | None:
    """The secret; None for what was not sealed here, or with a SECRET_KEY that is gone."""
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
