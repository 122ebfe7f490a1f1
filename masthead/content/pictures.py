"""Copies of external images in stored posts and pages. The Markdown stays as typed: somebody may be editing it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, SQLColumnExpression, String, label, select, type_coerce, update

from masthead.content.models import Content
from masthead.db import db
from masthead.media import external
from masthead.media import usage as media_usage
from masthead.media.tasks import copy_missing


@dataclass(frozen=True, slots=True)
class Illustrated:
    """A kind of content with pictures: its name in the uses of media, its model and its columns."""

    kind: str
    model: type[Content]
    is_public: SQLColumnExpression[bool]
    lead_image: SQLColumnExpression[str | None] | None = None
    #: Another column that shows a file; its address stays.
    card_image: SQLColumnExpression[str | None] | None = None

    def copy_external(self, content_id: int) -> datetime | None:
        """Copy the external images of a text, and embed the copies; the caller commits.

        Return the moment to try again; None if nothing is missing.
        """
        found = db.session.execute(self._shown(content_id)).one_or_none()
        if found is None:
            return None
        waiting = external.addresses_in(found.html, found.lead_image)
        again = copy_missing(waiting)
        self._exchange(content_id, external.copies_of(waiting))
        return again

    def _shown(self, content_id: int) -> Select[str, str | None, str | None, bool]:
        nothing: SQLColumnExpression[str | None] = type_coerce(None, String)
        columns = (
            self.model.html,
            label("lead_image", nothing if self.lead_image is None else self.lead_image),
            label("card_image", nothing if self.card_image is None else self.card_image),
            label("is_public", self.is_public),
        )
        return select(*columns).where(self.model.id == content_id)

    def _exchange(self, content_id: int, copies: dict[str, str]) -> None:
        """Embed the copies. The version stays, so that people who are editing the text get no conflict."""
        text = db.session.execute(self._shown(content_id).with_for_update()).one_or_none()
        if text is None or not copies:
            return
        values = {"html": external.exchanged(text.html, copies)}
        if self.lead_image is not None:
            values["lead_image"] = copies.get(text.lead_image, text.lead_image)
        db.session.execute(
            update(self.model)
            .where(self.model.id == content_id)
            .values(**values, updated_at=self.model.updated_at),
            execution_options={"synchronize_session": False},
        )
        shown = [*values.values(), text.card_image]
        media_usage.note(self.kind, content_id, shown, is_public=text.is_public)
