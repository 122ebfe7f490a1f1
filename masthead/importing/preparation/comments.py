"""Prepares the comments below an item. Needs no database."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from masthead.comments.rendering import RenderedComment
from masthead.importing.html.comments import markdown_of_comment
from masthead.importing.items import ImportNote, NoteKind, SourceComment
from masthead.text.markdown.renderer import render
from masthead.text.plain import is_visible
from masthead.text.profiles import SanitiserProfile


@dataclass(frozen=True, slots=True)
class PreparedComment:
    """A comment that is ready to be stored."""

    comment: SourceComment
    rendered: RenderedComment


@dataclass(frozen=True, slots=True)
class PreparedComments:
    """The comments below an item."""

    #: The hash of all that is stored for them; equal to that of the last import if nothing changed.
    fingerprint: str = ""
    #: The number of comments in the source.
    count: int = 0
    #: The comments to store; empty if nothing changed since the last import.
    comments: tuple[PreparedComment, ...] = ()
    notes: tuple[ImportNote, ...] = ()


def prepare_comments(found: Iterable[SourceComment], before: str) -> PreparedComments:
    """Prepare the comments, unless their fingerprint is that of the last import."""
    comments = list(found)
    if not comments:
        return PreparedComments()
    fingerprint = hashlib.sha256(
        repr(
            [
                (one.key, one.parent, one.author.key, one.body, one.state.value, str(one.at))
                for one in comments
            ]
        ).encode("utf-8", "replace")
    ).hexdigest()
    if fingerprint == before:
        return PreparedComments(fingerprint, len(comments))
    prepared = [
        PreparedComment(one, rendered) for one in comments if (rendered := _rendered(one)) is not None
    ]
    empty = len(comments) - len(prepared)
    note = ImportNote(NoteKind.LOST, "empty comments", "they show nothing", count=empty)
    return PreparedComments(fingerprint, len(prepared), tuple(prepared), (note,) if empty else ())


def _rendered(comment: SourceComment) -> RenderedComment | None:
    """The text of a comment; None if it shows nothing. It may be longer than a comment that is written here."""
    body = markdown_of_comment(comment.body)
    rendered = render(body, profile=SanitiserProfile.COMMENT)
    return RenderedComment(body, rendered.html) if is_visible(rendered.plain) else None
