"""The form for posts."""

import dataclasses
from datetime import datetime
from typing import Any

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from masthead.content.forms import ContentForm, title_field
from masthead.content.rendering import SUMMARY_CHARACTERS, TITLE_CHARACTERS
from masthead.people.models import User
from masthead.posts import bylines
from masthead.posts.details import (
    ADDRESS_CHARACTERS,
    PICTURE_WORDS_CHARACTERS,
    REMARK_CHARACTERS,
    Details,
    LeadPictureUpdate,
)
from masthead.posts.forms.datetime_fields import MomentField, WhichMomentField
from masthead.posts.history import WORDS
from masthead.posts.models import Post
from masthead.posts.review import NOTE_CHARACTERS
from masthead.posts.working_copy.models import CLIENT_CHARACTERS
from masthead.posts.working_copy.shown import ShownPost
from masthead.posts.working_copy.texts import WorkingText
from masthead.tags import actions as tags
from masthead.text.languages import LANGUAGE_CHARACTERS, TRANSLATION_KEY_CHARACTERS
from masthead.unset import UNSET
from masthead.web.forms.base import trimmed
from masthead.web.forms.fields import BoxField, is_as_shown, was_sent

TOO_LONG = "This has at most %(max)d characters."


#: Details that are texts; an empty one is removed.
DETAILS = ("canonical_url", "language", "translation_key", *WORDS, "card_image", "expires_to")


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
    meta_title = StringField("Search headline", [Length(max=TITLE_CHARACTERS, message=TOO_LONG)], [trimmed])
    meta_description = TextAreaField(
        "Search description", [Length(max=SUMMARY_CHARACTERS, message=TOO_LONG)], [trimmed]
    )
    card_title = StringField("Card headline", [Length(max=TITLE_CHARACTERS, message=TOO_LONG)], [trimmed])
    card_description = TextAreaField(
        "Card description", [Length(max=SUMMARY_CHARACTERS, message=TOO_LONG)], [trimmed]
    )
    card_image = StringField(
        "Card picture URL", [Length(max=ADDRESS_CHARACTERS, message=TOO_LONG)], [trimmed]
    )
    expires_at = MomentField("Expires at", [Optional()])
    expires_at_which = WhichMomentField("First or second time")
    expires_to = StringField(
        "Then redirect to", [Length(max=ADDRESS_CHARACTERS, message=TOO_LONG)], [trimmed]
    )
    update_at = MomentField("Update at", [Optional()])
    update_at_which = WhichMomentField("First or second time")
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

    #: The version of the post with which the writer compared the text by hand, on the page of conflicts.
    merged_with = HiddenField()
    #: The kept text that this one finishes.
    resolves = HiddenField()
    #: The editor that sent it, as in its autosaves.
    client = HiddenField(validators=[Length(max=CLIENT_CHARACTERS)])
    sequence = HiddenField()

    #: What the page showed that sent the form; None for a new post.
    seen: ShownPost | None = None

    @classmethod
    def of(cls, shown: ShownPost, *, is_sent: bool = True) -> "PostForm":
        """Return the form filled with a post, overridden by the submitted fields if they count."""
        form = cls(**shown.values) if is_sent else cls(None, **shown.values)
        form.seen = shown
        return form

    def shown(self) -> "PostForm | None":
        """Return the form as the page showed it; None for a new post."""
        return PostForm.of(self.seen, is_sent=False) if self.seen is not None else None

    def kept(self, name: str, shown: "PostForm | None") -> bool:
        """Return whether a field is unchanged: omitted, or submitted as it was shown."""
        field = self[name]
        if not was_sent(field):
            return True
        return shown is not None and is_as_shown(field, shown[name])

    def new_content(self) -> dict[str, Any]:
        """Return the arguments of `masthead.content.rendering.render_text` for a new post."""
        fields = super().content_fields() | {"tags": tags.parse(self.tags.data or "")}
        return fields | {name: UNSET for name in ("summary", "tags") if self.kept(name, None)}

    def working_text(self) -> WorkingText:
        """Return the submitted text; unchanged fields keep what they were, such as the line ends of an old text."""
        shown, base = self.shown(), self.seen.text if self.seen is not None else WorkingText()
        sent = super().content_fields() | {"tags": tags.parse(self.tags.data or "")}
        sent["slug"] = sent["slug"] or base.slug
        changed = {name: value for name, value in sent.items() if not self.kept(name, shown)}
        return dataclasses.replace(base, **changed)

    def lead_picture_update(self) -> LeadPictureUpdate:
        """Return the requested lead image."""
        shown = self.shown()
        return LeadPictureUpdate(
            url=UNSET if self.kept("lead_image", shown) else self.lead_image.data or None,
            alt=UNSET if self.kept("lead_alt", shown) else _lines(self.lead_alt.data),
            caption=UNSET if self.kept("lead_caption", shown) else _lines(self.lead_caption.data),
        )

    def details(self, post: Post | None, *, by: User, at: datetime) -> Details:
        """Return the requested details beside text and image; creates the bylines of new guests."""
        shown = self.shown()
        values: dict[str, Any] = {
            name: self[name].data or None for name in DETAILS if not self.kept(name, shown)
        }
        for field in (self.expires_at, self.update_at):
            name = field.short_name
            if not (self.kept(name, shown) and self.kept(f"{name}_which", shown)):
                values[name] = field.moment
        if not self.kept("comments_open", shown):
            values["comments_open"] = bool(self.comments_open.data)
        if not (self.kept("published_at", shown) and self.kept("published_at_which", shown)):
            values["published_at"] = self.published_at.moment
        if not self.kept("authors", shown):
            names = bylines.parse(self.authors.data or "")
            values["bylines"] = bylines.people(names, post=post, by=by, at=at)
        return Details(**values, note=self.revision_note.data or "")


def _lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n")
