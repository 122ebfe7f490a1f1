"""A form whose token has expired is not lost: what was typed is shown again, ready to be sent once more.

The text is given back only to a page of our own. Another site could otherwise fill in a form for somebody and have
them press the button.
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
#: Never written back into a page.
SECRET_FIELDS = ("password", "token", "secret", "otp", "credential")


def init_app(app: Flask) -> None:
    """Check the form token of every request that may change something."""
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
        # Flask-WTF asks this before it looks at the token itself.
        g.csrf_valid = True
        return
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, ATTRIBUTE, False):
        return
    csrf.protect()


def exempt(app: App, blueprint: Blueprint) -> None:
    """Ask no form token of a blueprint that never authenticates by cookie: a header or its address says who asks."""
    app.extensions.setdefault(EXEMPT, set()).add(blueprint.name)


def is_from_another_site() -> bool:
    """Whether a browser says that another site's page sent this request (Fetch Metadata, Origin)."""
    if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        return True
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc.lower() != request.host.lower()


def fields_to_keep() -> list[tuple[str, str]]:
    """What was typed into the form of this request, without form token and secrets."""
    return [
        (name, value)
        for name, values in request.form.lists()
        if name != "csrf_token" and not any(secret in name for secret in SECRET_FIELDS)
        for value in values
    ]


def offer_again(*, wait: str | None = None) -> Response:
    """The page that shows what was typed into the form of this request, with a fresh token; ``wait`` says until when."""
    view = current_app.view_functions.get(request.endpoint or "")
    fields = labels.described(fields_to_keep(), module=getattr(view, "__module__", ""))
    action = csrf_tokens.present_action()
    token = csrf_tokens.for_kept_form(action)
    page = render_template("errors/expired.html", fields=fields, action=action, token=token, wait=wait)
    return current_app.response_class(page, status=400, mimetype="text/html")
