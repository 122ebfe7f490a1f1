"""Flask-DebugToolbar, in development only, where it is installed."""

import importlib.util
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask

from masthead.config import Config
from masthead.web.access import public


def init_app(app: Flask, config: Config) -> None:
    """Enable the toolbar in the development configuration."""
    if config.ENVIRONMENT != "development" or importlib.util.find_spec("flask_debugtoolbar") is None:
        return
    from flask_debugtoolbar import DebugToolbarExtension

    app.config["DEBUG_TB_INTERCEPT_REDIRECTS"] = False
    before = set(app.view_functions)
    DebugToolbarExtension(app)
    for endpoint in app.view_functions.keys() - before:
        # Public: only the development configuration has these routes.
        app.view_functions[endpoint] = _declared_public(app.view_functions[endpoint])


def _declared_public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the view so that access can be declared on it: bound methods take no attributes."""

    @public
    @wraps(view)
    def declared(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return declared
