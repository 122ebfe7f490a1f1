"""Reports the mistakes in the texts of posts and pages."""

from collections.abc import Mapping
from typing import Any, Final

from masthead.content.rendering import render_text

#: A placeholder for a text that was omitted or has a known mistake.
_PLACEHOLDERS: Final = {"title": "A title", "body": "A text."}


def check_texts(texts: Mapping[str, Any]) -> None:
    """Raise `Invalid` for every mistake in these arguments of `render_text`; omitted ones are not checked."""
    render_text(**_PLACEHOLDERS | dict(texts))
