"""The namespace of ``flask shell``."""

import importlib.util
import pkgutil
from typing import Any

from flask import Flask

import masthead
from masthead.db import Base, db


def init_app(app: Flask) -> None:
    """Register the namespace."""
    app.shell_context_processor(_names)


def _names() -> dict[str, Any]:
    """Return every model by name, each feature's actions under the feature's name, and the renderers of texts."""
    from masthead.content.rendering import render_text

    models = {mapper.class_.__name__: mapper.class_ for mapper in Base.registry.mappers}
    return models | _actions() | {"db": db, "render_text": render_text}


def _actions() -> dict[str, Any]:
    features = (module.name for module in pkgutil.iter_modules(masthead.__path__) if module.ispkg)
    places = {feature: f"masthead.{feature}.actions" for feature in features}
    return {
        feature: importlib.import_module(place)
        for feature, place in places.items()
        if importlib.util.find_spec(place) is not None
    }
