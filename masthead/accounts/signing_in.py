"""Flask-Login, bound to our accounts."""

from flask import Flask
from flask_login import LoginManager

from masthead.accounts import authentication
from masthead.extensions import login_manager


def init_app(app: Flask) -> None:
    """Let Flask-Login find accounts."""
    manager: LoginManager = login_manager
    manager.session_protection = None
    manager.user_loader(authentication.load_user)
    manager.init_app(app)
