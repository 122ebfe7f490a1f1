"""Who is signed in, and the decorators by which a route says who may use it."""

from collections.abc import Callable, Collection
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec, TypeVar, cast

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user as login_proxy
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response

from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.web import access, errors
from masthead.web.forms import csrf_protection
from masthead.web.limits import headers
from masthead.web.limits.throttling import LimitReached

P = ParamSpec("P")
R = TypeVar("R")

#: The same for every token that does not count, so that the answer says nothing about why.
NO_TOKEN = "The token is missing, invalid or expired. Sign in again."  # noqa: S105 (a sentence)


def current_user() -> User:
    """The signed-in user; only for views that `signed_in` or `requires` guards."""
    return cast(User, login_proxy._get_current_object())  # noqa: SLF001 - werkzeug documents it for this use


def visitor() -> User | None:
    """The signed-in user, or None for an anonymous reader."""
    return current_user() if login_proxy.is_authenticated else None


def signed_in(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
    """Declare that everybody with an account may use this view."""
    return _guard(view, "signed in", lambda user: True)


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R | ResponseReturnValue]]:
    """Declare that this view needs a permission."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
        return _guard(view, permission.value, lambda user: user.can(permission))

    return decorate


def requires_any(
    permissions: Collection[Permission],
) -> Callable[[Callable[P, R]], Callable[P, R | ResponseReturnValue]]:
    """Declare that this view needs one of several permissions."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
        declaration = " or ".join(permission.value for permission in permissions)
        return _guard(view, declaration, lambda user: any(map(user.can, permissions)))

    return decorate


def _guard(
    view: Callable[P, R], declaration: str, is_permitted: Callable[[User], bool]
) -> Callable[P, R | ResponseReturnValue]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | ResponseReturnValue:
        user = visitor()
        if user is None:
            return ask_to_sign_in()
        if not is_permitted(user):
            raise Forbidden
        if request.method not in csrf_protection.SAFE_METHODS and not request.path.startswith("/api/"):
            try:
                headers.count("desk", str(user.id))
            except LimitReached as error:
                return _ask_to_wait(error)
        return view(*args, **kwargs)

    setattr(guarded, access.ATTRIBUTE, declaration)
    return guarded


def _ask_to_wait(error: LimitReached) -> Response:
    """Refuse a form of somebody who sends too many; what was typed stays on the page."""
    if errors.wants_json():
        raise error
    page = csrf_protection.offer_again(wait=error.description)
    page.status_code = HTTPStatus.TOO_MANY_REQUESTS
    page.headers["Retry-After"] = str(error.retry_after)
    return page


def ask_to_sign_in() -> Response:
    """Send a reader to the sign-in form and back; a form that was sent is kept on the page."""
    if request.path.startswith("/api/"):
        raise Unauthorized(NO_TOKEN)
    if errors.wants_json():
        raise Unauthorized
    if request.method in csrf_protection.SAFE_METHODS:
        return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")), code=302)
    return csrf_protection.offer_again()
