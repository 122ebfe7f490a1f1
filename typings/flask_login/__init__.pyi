from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask

class UserMixin:
    @property
    def is_active(self) -> bool: ...
    @property
    def is_authenticated(self) -> bool: ...
    @property
    def is_anonymous(self) -> bool: ...
    def get_id(self) -> str: ...

class AnonymousUserMixin:
    is_authenticated: bool
    is_active: bool
    is_anonymous: bool

class LoginManager:
    session_protection: str | None
    anonymous_user: Callable[[], object]
    def init_app(self, app: Flask, add_context_processor: bool = ...) -> None: ...
    def user_loader(self, callback: Callable[[str], object | None]) -> Callable[[str], object | None]: ...

class _UserProxy:
    is_authenticated: bool
    def _get_current_object(self) -> Any: ...

current_user: _UserProxy

def login_user(
    user: object,
    remember: bool = ...,
    duration: timedelta | None = ...,
    force: bool = ...,
    fresh: bool = ...,
) -> bool: ...
def logout_user() -> bool: ...
