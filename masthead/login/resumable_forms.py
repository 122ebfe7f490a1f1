"""A form that was sent when a fresh proof of identity was needed: carried through the proof, then offered again.

The page that asks for the proof carries it, signed and for one person, since a cookie could not hold a long text. What
is secret was left out before (`masthead.web.forms.csrf_protection`).
"""

from flask import current_app, render_template, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from masthead.login import action_labels
from masthead.people.models import User
from masthead.web.forms import csrf_protection
from masthead.web.signed_times import SteadySigner

FIELD = "kept_form"
LIFETIME_SECONDS = 3_600


def capture(user: User) -> str:
    """The form that this request sent, to be carried by a page."""
    place = [request.full_path.rstrip("?"), request.endpoint, request.view_args]
    return _signer().dumps([user.id, *place, csrf_protection.fields_to_keep()])


def submitted() -> str:
    """The form that the present page carries, as it is; empty if there is none."""
    return request.form.get(FIELD, "")


def render_resumed(user: User) -> str | None:
    """The page that says what the form does, with a button to send it; None without a form, or with somebody else's."""
    try:
        owner, action, endpoint, arguments, fields = _signer().loads(submitted(), max_age=LIFETIME_SECONDS)
    except BadSignature:
        return None
    if owner != user.id:
        return None
    summary = action_labels.summarize(endpoint, arguments, fields)
    return render_template("accounts/send_again.html", summary=summary, action=action, fields=fields)


def _signer() -> URLSafeTimedSerializer:
    key = current_app.config["SECRET_KEY"]
    return URLSafeTimedSerializer(key, salt="masthead.kept-form-of-handler", signer=SteadySigner)
