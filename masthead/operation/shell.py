"""What ``flask shell`` has at hand."""

from typing import Any

from flask import Flask

from masthead.db import Base, db


def init_app(app: Flask) -> None:
    """Register it."""
    app.shell_context_processor(_names)


def _names() -> dict[str, Any]:
    from masthead.accounts import actions as accounts
    from masthead.pages import actions as pages
    from masthead.posts import actions as posts
    from masthead.posts.manuscript import typeset
    from masthead.settings import actions as settings

    models = {mapper.class_.__name__: mapper.class_ for mapper in Base.registry.mappers}
    return models | {
        "db": db,
        "accounts": accounts,
        "pages": pages,
        "posts": posts,
        "settings": settings,
        "typeset": typeset,
    }
