"""Resumable forms: a form that needs reauthentication is carried through it, and offered again afterwards.

The reauthentication page carries the form, signed for one user, since a cookie could not hold a long text.
`masthead.web.forms.csrf_protection` leaves out secret fields.
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
    """Serialize and sign the form of this request."""
    place = [request.full_path.rstrip("?"), request.endpoint, request.view_args]
    return _signer().dumps([user.id, *place, csrf_protection.fields_to_keep()])


def submitted() -> str:
    """Return the signed form that the current page carries, or an empty string."""
    return request.form.get(FIELD, "")


def render_resumed(user: User) -> str | None:
    """Render the page that summarizes the carried form, with a button to send it; None without a valid form of this user."""
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
