"""Hashes of random secrets, as the database stores them."""

import hashlib


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a secret in a cookie, a link or a token. Random secrets need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
