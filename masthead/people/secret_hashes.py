"""Hashes of random secrets, as the database stores them."""

import hashlib


def hash_secret(secret: str) -> str:
    """What is stored of a secret that a browser or a letter carries. It is random, so one round is enough."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
