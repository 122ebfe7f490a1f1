"""The form for posts."""

from datetime import datetime
from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import Length, Optional

from masthead.content.forms import ContentForm, title_field
from masthead.people.models import User
from masthead.posts import bylines
from masthead.posts.details import (
    ADDRESS_CHARACTERS,
    PICTURE_WORDS_CHARACTERS,
    REMARK_CHARACTERS,
    Details,
    PictureWish,
)
from masthead.posts.forms.datetime_fields import MomentField, WhichMomentField
from masthead.posts.models import Post
from masthead.posts.review import NOTE_CHARACTERS
from masthead.tags import actions as tags
from masthead.text.languages import LANGUAGE_CHARACTERS, TRANSLATION_KEY_CHARACTERS
from masthead.unset import UNSET
from masthead.web.forms.base import trimmed
from masthead.web.forms.fields import BoxField, is_as_shown, was_sent

TOO_LONG = "This has at most %(max)d characters."


class PostForm(ContentForm):
    """The editor form of a post."""

    title = title_field("Give the post a title.")
    tags = StringField(
        "Tags", [Length(max=2_500, message="The tags have at most %(max)d characters.")], [trimmed]
    )
    authors = StringField(
        "Authors", [Length(max=4_000, message="The names have at most %(max)d characters.")], [trimmed]
    )
    published_at = MomentField("Publish at", [Optional()])
    published_at_which = WhichMomentField("First or second time")
    comments_open = BoxField("Allow comments", default=True)
    lead_image = StringField("Picture URL", [Length(max=ADDRESS_CHARACTERS, message=TOO_LONG)], [trimmed])
    lead_alt = TextAreaField(
        "Alternative text", [Length(max=PICTURE_WORDS_CHARACTERS, message=TOO_LONG)], [trimmed]
    )
    lead_caption = TextAreaField(
        "Caption", [Length(max=PICTURE_WORDS_CHARACTERS, message=TOO_LONG)], [trimmed]
    )
    canonical_url = StringField(
        "Canonical URL", [Length(max=ADDRESS_CHARACTERS, message=TOO_LONG)], [trimmed]
    )
    language = StringField("Language", [Length(max=LANGUAGE_CHARACTERS, message=TOO_LONG)], [trimmed])
    translation_key = StringField(
        "Translation key", [Length(max=TRANSLATION_KEY_CHARACTERS, message=TOO_LONG)], [trimmed]
    )
    revision_note = StringField("Revision note", [Length(max=REMARK_CHARACTERS, message=TOO_LONG)], [trimmed])
    note = TextAreaField(
        "Note to the author",
        [Length(max=NOTE_CHARACTERS, message="A note has at most %(max)d characters.")],
        [trimmed],
    )

    @classmethod
    def of(cls, post: Post, *, is_sent: bool = True) -> "PostForm":
        """Return the form filled with a post, overridden by the submitted fields if they count."""
        values = {name: getattr(post, name) for name in (*_TEXTS, "published_at", "comments_open", "version")}
        values |= {"tags": ", ".join(tag.name for tag in post.tags), "authors": bylines.written(post)}
        values["published_at_which"] = post.published_at
        return cls(**values) if is_sent else cls(None, **values)

    def kept(self, name: str, shown: "PostForm | None") -> bool:
        """Return whether a field is unchanged: omitted, or submitted as it was shown."""
        field = self[name]
        if not was_sent(field):
            return True
        return shown is not None and is_as_shown(field, shown[name])

    def content_fields(self, post: Post | None = None) -> dict[str, Any]:
        """Return the arguments of `masthead.content.rendering.render_text`, without values equal to those of ``post``."""
        shown = PostForm.of(post, is_sent=False) if post is not None else None
        fields = super().content_fields() | {"tags": tags.parse(self.tags.data or "")}
        if post is not None and shown is not None and self.kept("body", shown):
            # An unchanged text keeps its stored line ends.
            fields["body"] = post.body
        return fields | {name: UNSET for name in ("summary", "tags") if self.kept(name, shown)}

    def picture_wish(self, post: Post | None) -> PictureWish:
        """Return the requested lead image."""
        shown = PostForm.of(post, is_sent=False) if post is not None else None
        return PictureWish(
            url=UNSET if self.kept("lead_image", shown) else self.lead_image.data or None,
            alt=UNSET if self.kept("lead_alt", shown) else _lines(self.lead_alt.data),
            caption=UNSET if self.kept("lead_caption", shown) else _lines(self.lead_caption.data),
        )

    def details(self, post: Post | None, *, by: User, at: datetime) -> Details:
        """Return the requested details beside text and image; creates the bylines of new guests."""
        shown = PostForm.of(post, is_sent=False) if post is not None else None
        values: dict[str, Any] = {
            name: self[name].data or None
            for name in ("canonical_url", "language", "translation_key")
            if not self.kept(name, shown)
        }
        if not self.kept("comments_open", shown):
            values["comments_open"] = bool(self.comments_open.data)
        if not (self.kept("published_at", shown) and self.kept("published_at_which", shown)):
            values["published_at"] = self.published_at.moment
        if not self.kept("authors", shown):
            names = bylines.parse(self.authors.data or "")
            values["bylines"] = bylines.people(names, post=post, by=by, at=at)
        return Details(**values, note=self.revision_note.data or "")


_TEXTS = (
    "title", "summary", "body", "slug", "lead_image", "lead_alt", "lead_caption", "canonical_url", "language",
    "translation_key",
)  # fmt: skip


def _lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n")
