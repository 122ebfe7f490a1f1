"""What every connection to PostgreSQL is opened with. The driver is large, and this module does without it."""

from collections.abc import Mapping
from typing import Any


def parameters(settings: Mapping[str, Any]) -> dict[str, int]:
    """The parameters of libpq that notice a server which is gone without a word."""
    seconds = settings["DATABASE_NETWORK_SECONDS"]
    return {
        "connect_timeout": settings["DATABASE_CONNECT_SECONDS"],
        "keepalives": 1,
        "keepalives_idle": seconds,
        "keepalives_interval": max(1, seconds // 3),
        "keepalives_count": 3,
        "tcp_user_timeout": seconds * 1_000,
    }
