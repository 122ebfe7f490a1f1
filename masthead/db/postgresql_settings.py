"""Connection parameters of PostgreSQL. Does not import the driver, which is large."""

from collections.abc import Mapping
from typing import Any


def parameters(settings: Mapping[str, Any]) -> dict[str, int]:
    """Return the libpq parameters that detect a dead server."""
    seconds = settings["DATABASE_NETWORK_SECONDS"]
    return {
        "connect_timeout": settings["DATABASE_CONNECT_SECONDS"],
        "keepalives": 1,
        "keepalives_idle": seconds,
        "keepalives_interval": max(1, seconds // 3),
        "keepalives_count": 3,
        "tcp_user_timeout": seconds * 1_000,
    }
