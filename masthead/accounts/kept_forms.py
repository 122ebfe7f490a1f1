"""A form that was sent when a fresh proof of identity was needed: carried through the proof, then shown again.

The page that asks for the proof carries it, signed and for one person, since a cookie could not hold a long text. What
is secret was left out before (`masthead.web.expired_forms`).
"""

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from masthead.accounts.models import User
from masthead.web import expired_forms

FIELD = "kept_form"
LIFETIME_SECONDS = 3_600


def of_this_request(user: User) -> str:
    """The form that this request sent, to be carried by a page."""
    return _signer().dumps([user.id, request.full_path.rstrip("?"), expired_forms.fields_to_keep()])


def carried() -> str:
    """The form that the present page carries, as it is; empty if there is none."""
    return request.form.get(FIELD, "")


def offer_again(user: User) -> Response | None:
    """The page with the form that was carried; None if there is none, or it is somebody else's, or too old."""
    try:
        owner, action, fields = _signer().loads(carried(), max_age=LIFETIME_SECONDS)
    except BadSignature:
        return None
    if owner != user.id:
        return None
    return expired_forms.offer_again(fields, action=action, is_confirmed=True)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="masthead.kept-form")
