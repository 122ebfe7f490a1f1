"""Flask-DebugToolbar, in development alone and only where it is installed."""

import importlib.util
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask

from masthead.config import Config
from masthead.web.access import public


def init_app(app: Flask, config: Config) -> None:
    """Show the toolbar on pages, if this is a developer's machine."""
    if config.ENVIRONMENT != "development" or importlib.util.find_spec("flask_debugtoolbar") is None:
        return
    from flask_debugtoolbar import DebugToolbarExtension

    app.config["DEBUG_TB_INTERCEPT_REDIRECTS"] = False
    before = set(app.view_functions)
    DebugToolbarExtension(app)
    for endpoint in app.view_functions.keys() - before:
        # Public, because no configuration but a developer's has these routes at all.
        app.view_functions[endpoint] = _declared_public(app.view_functions[endpoint])


def _declared_public(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, with a declaration of our own around it: bound methods of a library take no attributes."""

    @public
    @wraps(view)
    def declared(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return declared
