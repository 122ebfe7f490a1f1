"""CSRF tokens that survive a sign-in, so that a form opened before can still be submitted.

The tokens of an account are valid in all of its sessions and worthless to other accounts. A form that is shown again
to somebody whose login has ended carries a token for that form alone, which the session keeps across the sign-in.
"""

import hashlib
import hmac
import secrets
from typing import Final

from flask import current_app, g, request, session
from itsdangerous import BadSignature, URLSafeTimedSerializer

from masthead.web.signed_times import SteadySigner

#: Names that Flask-WTF uses for the field and the session key.
FIELD: Final = "csrf_token"
_KEPT: Final = "kept_form"


def begin_session(user_id: int) -> None:
    """Clear the session at sign-in, except for the tokens of forms that were shown again in this browser."""
    kept = session.get(_KEPT)
    session.clear()
    key = str(current_app.secret_key).encode()
    session[FIELD] = hmac.new(key, f"form tokens of account {user_id}".encode(), hashlib.sha256).hexdigest()
    if kept is not None:
        session[_KEPT] = kept
    # A page rendered later in this request needs a token of the new session.
    g.pop(FIELD, None)


def for_kept_form(action: str) -> str:
    """Make a token for one form that a page shows again."""
    browser: str = session.setdefault(_KEPT, secrets.token_hex(16))
    return _signer().dumps([browser, action])


def is_of_kept_form() -> bool:
    """Tell if this request submits a form that was shown again in this browser."""
    browser = session.get(_KEPT)
    if browser is None or FIELD not in request.form:
        return False
    try:
        kept = _signer().loads(request.form[FIELD], max_age=current_app.config["WTF_CSRF_TIME_LIMIT"])
    except BadSignature:
        return False
    return bool(kept == [browser, present_action()])


def present_action() -> str:
    """Return the URL of this request, as the ``action`` of a form has it."""
    return request.full_path.rstrip("?")


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        str(current_app.secret_key), salt="masthead.form-shown-again", signer=SteadySigner
    )
