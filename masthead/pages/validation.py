"""Everything that is wrong with a page that somebody sent, said at once."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from masthead.db import db
from masthead.errors import Invalid, Mistakes
from masthead.pages.errors import PageSlugTaken
from masthead.pages.models import Page, PageSlug
from masthead.posts.rendering import render_text
from masthead.text.slugs import slugify

#: Stands for a text that was not sent, or that is known to be wrong.
_RIGHT = {"title": "A title", "body": "A text."}
_TEXTS = ("title", "summary", "body", "slug")


def validate(said: Mapping[str, Any], page: Page | None) -> tuple[Invalid, ...]:
    """What cannot be accepted of the values that have their shape; those that were not sent are left out."""
    texts = {name: said[name] for name in _TEXTS if said.get(name) is not None}
    mistakes = Mistakes()
    with mistakes:
        render_text(**_RIGHT | texts)
    with mistakes:
        check_free(texts.get("slug"), page)
    return mistakes.found


def check_free(wanted: str | None, page: Page | None) -> None:
    """Raise `SlugTaken` if the address is another page's. Who takes it decides the action, in case of a race."""
    if wanted is None or not wanted.strip() or (page is not None and slugify(wanted) == page.slug):
        return
    slug = slugify(wanted)
    taken = db.session.execute(select(PageSlug.page_id).where(PageSlug.slug == slug)).first()
    if taken is not None and (page is None or taken.page_id != page.id):
        raise PageSlugTaken(slug)
