"""CSRF protection that loses no text: a form with an expired token is shown again with a fresh one.

The text is shown again only if the request came from a page of this site. Otherwise another site could fill in a form
and trick a person into submitting it.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, g, render_template, request
from flask.sansio.app import App
from werkzeug.exceptions import BadRequest

from masthead.extensions import csrf
from masthead.web.forms import csrf_tokens, labels

View = TypeVar("View", bound=Callable[..., Any])
ATTRIBUTE = "redisplays_expired_form"
EXEMPT = "masthead.csrf_exempt"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: Fields that are never written back into a page.
SECRET_FIELDS = ("password", "token", "secret", "otp", "credential")


def init_app(app: Flask) -> None:
    """Check the CSRF token of every unsafe request."""
    app.before_request(_protect)


def redisplays_expired_form(view: View) -> View:
    """Declare that the view validates a `masthead.web.forms.base.Form` itself and shows it again with its errors."""
    setattr(view, ATTRIBUTE, True)
    return view


def _protect() -> None:
    if request.method in SAFE_METHODS or request.blueprint in current_app.extensions.get(EXEMPT, ()):
        return
    if is_from_another_site():
        raise BadRequest
    if csrf_tokens.is_of_kept_form():
        # Flask-WTF calls this before it checks the token.
        g.csrf_valid = True
        return
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, ATTRIBUTE, False):
        return
    csrf.protect()


def exempt(app: App, blueprint: Blueprint) -> None:
    """Exempt a blueprint that never authenticates by cookie: a header or a secret in the URL identifies the caller."""
    app.extensions.setdefault(EXEMPT, set()).add(blueprint.name)


def is_from_another_site() -> bool:
    """Tell if another site's page sent this request (Fetch Metadata, Origin)."""
    if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        return True
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc.lower() != request.host.lower()


def fields_to_keep() -> list[tuple[str, str]]:
    """Return the fields of the submitted form without CSRF token and secrets."""
    return [
        (name, value)
        for name, values in request.form.lists()
        if name != "csrf_token" and not any(secret in name for secret in SECRET_FIELDS)
        for value in values
    ]


def offer_again(*, wait: str | None = None) -> Response:
    """Render the submitted form again with a fresh token; ``wait`` is the time from which it can be sent."""
    view = current_app.view_functions.get(request.endpoint or "")
    fields = labels.described(fields_to_keep(), module=getattr(view, "__module__", ""))
    action = csrf_tokens.present_action()
    token = csrf_tokens.for_kept_form(action)
    page = render_template("errors/expired.html", fields=fields, action=action, token=token, wait=wait)
    return current_app.response_class(page, status=400, mimetype="text/html")
