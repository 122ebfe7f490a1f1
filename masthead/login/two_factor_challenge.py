"""Two-factor challenge: the state after the password, until the second factor. Only the second step accepts it.

The signed session cookie holds it for ten minutes. A new password or a disabled account makes it invalid.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from flask import session

from masthead import clock
from masthead.login import authentication
from masthead.people.models import User

KEY = "second_step"
LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Challenge:
    """The user who gave the right password, and whether to remember the device."""

    user: User
    remember: bool


def begin(user: User, *, remember: bool) -> None:
    """Start a challenge. It clears the session, whose content may have been planted."""
    session.clear()
    session[KEY] = {
        "user": user.id,
        "at": int(clock.now().timestamp()),
        "remember": remember,
        "proof": _proof(user),
    }


def current() -> Challenge | None:
    """Return the valid challenge of this browser, or None."""
    kept = session.get(KEY)
    if not isinstance(kept, dict) or clock.now().timestamp() - kept["at"] > LIFETIME.total_seconds():
        return None
    user = authentication.active_account(kept["user"])
    if user is None or not hmac.compare_digest(str(kept["proof"]), _proof(user)):
        return None
    return Challenge(user, bool(kept["remember"]))


def _proof(user: User) -> str:
    """Return a short digest that changes with the password. The cookie is readable, so it must not help to attack the hash."""
    return hashlib.sha256((user.password_hash or "").encode()).hexdigest()[:16]
