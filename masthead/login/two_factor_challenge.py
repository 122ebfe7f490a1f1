"""Half a sign-in: the password was right, the second factor is still to come. Nothing but the second step accepts it.

It is kept in the browser's session, signed, for ten minutes; a new password or a disabled account voids it.
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
    """Who gave the right password, and how they want to be signed in."""

    user: User
    remember: bool


def begin(user: User, *, remember: bool) -> None:
    """Note that somebody gave the right password. The session's earlier content goes: it may have been planted."""
    session.clear()
    session[KEY] = {
        "user": user.id,
        "at": int(clock.now().timestamp()),
        "remember": remember,
        "proof": _proof(user),
    }


def current() -> Challenge | None:
    """Who is half signed in in this browser, if that still counts."""
    kept = session.get(KEY)
    if not isinstance(kept, dict) or clock.now().timestamp() - kept["at"] > LIFETIME.total_seconds():
        return None
    user = authentication.active_account(kept["user"])
    if user is None or not hmac.compare_digest(str(kept["proof"]), _proof(user)):
        return None
    return Challenge(user, bool(kept["remember"]))


def _proof(user: User) -> str:
    """What changes with the password. The session can be read by its owner, so it is no hash to attack."""
    return hashlib.sha256((user.password_hash or "").encode()).hexdigest()[:16]
