"""Flask-DebugToolbar, in development alone and only where it is installed."""

import importlib.util

from flask import Flask

from masthead.config import Config


def init_app(app: Flask, config: Config) -> None:
    """Show the toolbar on pages, if this is a developer's machine."""
    if config.ENVIRONMENT != "development" or importlib.util.find_spec("flask_debugtoolbar") is None:
        return
    from flask_debugtoolbar import DebugToolbarExtension

    app.config["DEBUG_TB_INTERCEPT_REDIRECTS"] = False
    DebugToolbarExtension(app)
