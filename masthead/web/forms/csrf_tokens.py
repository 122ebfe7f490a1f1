"""Form tokens that outlive a sign-in, so that a form which was open meanwhile is sent once and not three times.

Somebody's tokens are the same in all of their sessions: a page of theirs stays good when they sign in again, and is worth
nothing to another account. The page that shows a form again to somebody who was signed out carries a token for that
form alone, which the browser keeps when somebody signs in.
"""

import hashlib
import hmac
import secrets
from typing import Final

from flask import current_app, g, request, session
from itsdangerous import BadSignature, URLSafeTimedSerializer

from masthead.web.signed_times import SteadySigner

#: As Flask-WTF calls the field and the key of the session.
FIELD: Final = "csrf_token"
_KEPT: Final = "kept_form"


def begin_session(user_id: int) -> None:
    """Clear the session for somebody who signs in. Only forms that were shown again in this browser can still be sent."""
    kept = session.get(_KEPT)
    session.clear()
    key = str(current_app.secret_key).encode()
    session[FIELD] = hmac.new(key, f"form tokens of account {user_id}".encode(), hashlib.sha256).hexdigest()
    if kept is not None:
        session[_KEPT] = kept
    # A page that this same request renders needs a token of the new session.
    g.pop(FIELD, None)


def for_kept_form(action: str) -> str:
    """A token for the form that a page shows again."""
    browser: str = session.setdefault(_KEPT, secrets.token_hex(16))
    return _signer().dumps([browser, action])


def is_of_kept_form() -> bool:
    """Whether this request sends a form that was shown again in this browser."""
    browser = session.get(_KEPT)
    if browser is None or FIELD not in request.form:
        return False
    try:
        kept = _signer().loads(request.form[FIELD], max_age=current_app.config["WTF_CSRF_TIME_LIMIT"])
    except BadSignature:
        return False
    return bool(kept == [browser, present_action()])


def present_action() -> str:
    """The address that this request was sent to, as a form names it."""
    return request.full_path.rstrip("?")


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        str(current_app.secret_key), salt="masthead.form-shown-again", signer=SteadySigner
    )
