"""Reports every mistake of a submitted page at once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from masthead.db import db
from masthead.errors import Invalid, Mistakes
from masthead.pages.errors import PageSlugTaken
from masthead.pages.models import Page, PageSlug
from masthead.posts.rendering import render_text
from masthead.text.slugs import slugify

#: A placeholder for a text that was omitted or has a known mistake.
_RIGHT = {"title": "A title", "body": "A text."}
_TEXTS = ("title", "summary", "body", "slug")


def validate(said: Mapping[str, Any], page: Page | None) -> tuple[Invalid, ...]:
    """Return the mistakes in the values that have a valid type; omitted ones are not checked."""
    texts = {name: said[name] for name in _TEXTS if said.get(name) is not None}
    mistakes = Mistakes()
    with mistakes:
        render_text(**_RIGHT | texts)
    with mistakes:
        check_free(texts.get("slug"), page)
    return mistakes.found


def check_free(wanted: str | None, page: Page | None) -> None:
    """Raise `SlugTaken` if another page has the slug. The action makes the final check, against races."""
    if wanted is None or not wanted.strip() or (page is not None and slugify(wanted) == page.slug):
        return
    slug = slugify(wanted)
    taken = db.session.execute(select(PageSlug.page_id).where(PageSlug.slug == slug)).first()
    if taken is not None and (page is None or taken.page_id != page.id):
        raise PageSlugTaken(slug)
