"""Slugs of posts and pages. A text keeps every slug it ever had; a unique insert decides every race for one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import InstrumentedAttribute

from masthead.content.errors import SlugTaken
from masthead.content.models import Content
from masthead.content.rendering import SLUG_CHARACTERS, RenderedText
from masthead.db import Base, db, insert_all_unique, insert_first_free, insert_unique
from masthead.text.slugs import slugify


@dataclass(frozen=True, slots=True)
class SlugTable:
    """The table of the slugs of one kind of content."""

    content: type[Content]
    model: type[Base]
    slug: InstrumentedAttribute[str]
    #: The column with the id of the text.
    owner: InstrumentedAttribute[int | None]

    def claim(self, rendered: RenderedText) -> str:
        """Reserve the slug of a new text, or the first free one made from its title; raises `SlugTaken`."""
        if rendered.slug is None:
            return insert_first_free(self.model, self.slug, slugify(rendered.title), limit=SLUG_CHARACTERS)
        if not insert_unique(self.model, self.slug, rendered.slug):
            raise self._taken(rendered.slug)
        return rendered.slug

    def claim_all(self, slugs: Sequence[str]) -> None:
        """Reserve the slugs of many new texts; raises `SlugTaken` for the first one in use."""
        ours = insert_all_unique(self.model, self.slug, [{"slug": slug} for slug in slugs])
        for slug in slugs:
            if slug not in ours:
                raise self._taken(slug)

    def assign(self, texts: Sequence[Content]) -> None:
        """Name the owners of claimed slugs, once they have ids."""
        if texts:
            rows = [{"slug": text.slug, self.owner.key: text.id} for text in texts]
            db.session.execute(update(self.model), rows)

    def change(self, content: Content, slug: str | None) -> None:
        """Give a text another slug, which redirects from the old one; raises `SlugTaken`. None keeps the present one."""
        if slug is None or slug == content.slug:
            return
        if not self.keep(content, slug):
            raise self._taken(slug)
        content.slug = slug

    def name_after(self, content: Content, title: str) -> None:
        """Give a text the first free slug made from a title."""
        owner = {self.owner.key: content.id}
        content.slug = insert_first_free(
            self.model, self.slug, slugify(title), limit=SLUG_CHARACTERS, **owner
        )

    def keep(self, content: Content, slug: str) -> bool:
        """Reserve a slug for a text that has or had it; return whether that was possible."""
        if insert_unique(self.model, self.slug, slug, **{self.owner.key: content.id}):
            return True
        return self._owner_of(slug) == content.id

    def check_free(self, wanted: str | None, content: Content | None) -> None:
        """Raise `SlugTaken` if another text has the slug. The action makes the final check, against races."""
        if wanted is None or not wanted.strip():
            return
        slug = slugify(wanted)
        if content is not None and slug == content.slug:
            return
        taken = db.session.execute(select(self.owner).where(self.slug == slug)).first()
        if taken is not None and (content is None or taken[0] != content.id):
            raise self._taken(slug)

    def present(self, old_slug: str, is_public: ColumnElement[bool]) -> str | None:
        """Return the present slug of the public text that once had this one."""
        slug: InstrumentedAttribute[str] = self.content.slug
        statement = select(slug).join(self.model, self.owner == self.content.id)
        return db.session.scalar(statement.where(self.slug == old_slug, is_public))

    def _owner_of(self, slug: str) -> int | None:
        return db.session.scalar(select(self.owner).where(self.slug == slug))

    def _taken(self, slug: str) -> SlugTaken:
        return SlugTaken(slug, kind=self.content.KIND)
