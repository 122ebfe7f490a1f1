"""The application factory, and the list of features."""

from flask import Flask

from masthead import config as configuration
from masthead import features
from masthead.config import Config
from masthead.web import access, debug_toolbar, setup
from masthead.web.application import Application
from masthead.web.commands import CommandTable

#: Packages with a `feature.py`, in the order in which they look at a request: first who sends it, then whether its
#: form is genuine.
FEATURES = features.load(
    *("people", "api_tokens", "login", "mfa", "account_deletion", "web"),
    *("site", "posts", "tags", "comments", "pages", "feeds", "search", "redirects"),
    *("media", "embeds", "presets", "importing", "exporting"),
    *("user_admin", "dashboard", "admin", "operation", "audit", "jobs", "pagecache"),
)


def create_app(config: Config | None = None) -> Flask:
    """Make an application; several with different settings can live in one process."""
    config = configuration.load() if config is None else config.with_secrets()
    app = Application("masthead", instance_path=str(config.MASTHEAD_HOME), static_folder=None)
    app.config.from_mapping(config.flask_settings())
    setup.init_app(app, config)
    features.register_all(app, FEATURES)
    setup.exempt_from_csrf(app, FEATURES)
    app.cli = CommandTable(features.commands(FEATURES))
    debug_toolbar.init_app(app, config)
    access.check(app)
    return app
