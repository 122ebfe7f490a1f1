"""The signed-in user, and the decorators that declare who may use a route."""

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

#: Every refused token gets this sentence, so that the answer does not reveal the reason.
NO_TOKEN = "The token is missing, invalid or expired. Sign in again."  # noqa: S105 (a sentence)


def current_user() -> User:
    """Return the signed-in user. Call it only in views that `signed_in` or `requires` guards."""
    return cast(User, login_proxy._get_current_object())  # noqa: SLF001 - werkzeug documents it for this use


def visitor() -> User | None:
    """Return the signed-in user, or None for an anonymous reader."""
    return current_user() if login_proxy.is_authenticated else None


def signed_in(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
    """Require a signed-in user."""
    return _guard(view, "signed in", lambda user: True)


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R | ResponseReturnValue]]:
    """Require a permission."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
        return _guard(view, permission.value, lambda user: user.can(permission))

    return decorate


def requires_any(
    permissions: Collection[Permission],
) -> Callable[[Callable[P, R]], Callable[P, R | ResponseReturnValue]]:
    """Require one of several permissions."""

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
    """Answer a form that exceeds the rate limit with 429; the page keeps the typed values."""
    if errors.wants_json():
        raise error
    page = csrf_protection.offer_again(wait=error.description)
    page.status_code = HTTPStatus.TOO_MANY_REQUESTS
    page.headers["Retry-After"] = str(error.retry_after)
    return page


def ask_to_sign_in() -> Response:
    """Redirect to the sign-in form and back. The page keeps the values of a submitted form."""
    if request.path.startswith("/api/"):
        raise Unauthorized(NO_TOKEN)
    if errors.wants_json():
        raise Unauthorized
    if request.method in csrf_protection.SAFE_METHODS:
        return redirect(url_for("login.login", next=request.full_path.rstrip("?")), code=302)
    return csrf_protection.offer_again()
