"""Reports every mistake of a submitted page at once."""

from collections.abc import Mapping
from typing import Any

from masthead.content.validation import check_texts
from masthead.errors import Invalid, Mistakes
from masthead.pages.models import Page
from masthead.pages.slugs import SLUGS

_TEXTS = ("title", "summary", "body", "slug")


def validate(said: Mapping[str, Any], page: Page | None) -> tuple[Invalid, ...]:
    """Return the mistakes in the values that have a valid type; omitted ones are not checked."""
    texts = {name: said[name] for name in _TEXTS if said.get(name) is not None}
    mistakes = Mistakes()
    with mistakes:
        check_texts(texts)
    with mistakes:
        SLUGS.check_free(texts.get("slug"), page)
    return mistakes.found
