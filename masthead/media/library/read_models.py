"""The data of the library's pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import url_for
from markupsafe import Markup

from masthead.media import markup
from masthead.media.links import address_of, current_url
from masthead.media.models import FileKind, Media, MediaStatus
from masthead.media.permissions import can_change
from masthead.media.queries import MediaFilters
from masthead.media.uploads.quotas import Quota
from masthead.people.models import User
from masthead.text.sizes import readable_size

KINDS: Final = {
    FileKind.IMAGE: "Pictures",
    FileKind.AUDIO: "Audio",
    FileKind.VIDEO: "Video",
    FileKind.DOCUMENT: "Documents",
    FileKind.CAPTIONS: "Captions",
}
_ONE: Final = {
    FileKind.IMAGE: "Picture",
    FileKind.AUDIO: "Audio",
    FileKind.VIDEO: "Video",
    FileKind.DOCUMENT: "Document",
    FileKind.CAPTIONS: "Captions",
}
_DRAWING: Final = "image/svg+xml"
_ANIMATION: Final = "image/gif"


@dataclass(frozen=True, slots=True)
class MediaRow:
    """A file in the library's list."""

    id: int
    url: str
    name: str
    kind: str
    #: Such as "JPG, 1.2 MB, 1920 × 1080".
    facts: str
    #: The element of its preview; empty for a file without one.
    preview: Markup
    #: The address that texts use, and the Markdown that shows the file.
    address: str
    markdown: str
    alt: str
    owner: str
    created_at: datetime
    #: What is missing; empty if nothing is.
    notice: str
    is_private: bool


@dataclass(frozen=True, slots=True)
class MediaPage:
    """A file on its own page."""

    row: MediaRow
    file_url: str
    is_picture: bool
    is_editable: bool
    is_edited: bool
    is_cropped: bool
    is_audio: bool
    is_video: bool
    can_change: bool
    is_trashed: bool
    #: The reason why its sizes could not be made, or that they are being made.
    state: str
    version: int
    width: int
    height: int
    #: Accepted by the file picker for a replacement.
    accept: str


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """An option of a filter."""

    value: str
    label: str
    is_chosen: bool


def row(media: Media) -> MediaRow:
    """Return the line of a file, loaded with its owner and variants."""
    return MediaRow(
        id=media.id,
        url=url_for("media_admin.edit", media_id=media.id),
        name=media.name or media.path,
        kind=_ONE[FileKind(media.kind)],
        facts=_facts(media),
        preview=markup.preview(media),
        address=address_of(media),
        markdown=markdown_of(media),
        alt=media.alt,
        owner=media.owner.display_name if media.owner else "",
        created_at=media.created_at,
        notice=_notice(media),
        is_private=not media.is_shared,
    )


def page(media: Media, user: User) -> MediaPage:
    """Return the page of a file."""
    is_picture = media.kind == FileKind.IMAGE
    edited = (media.rotation, media.crop_left, media.crop_top, media.crop_width, media.crop_height)
    return MediaPage(
        row=row(media),
        file_url=current_url(media),
        is_picture=is_picture,
        is_editable=is_picture and media.media_type not in {_DRAWING, _ANIMATION},
        is_edited=edited != (0, 0, 0, 1, 1),
        is_cropped=edited[1:] != (0, 0, 1, 1),
        is_audio=media.kind == FileKind.AUDIO,
        is_video=media.kind == FileKind.VIDEO,
        can_change=can_change(user, media),
        is_trashed=media.trashed_at is not None,
        state=_state(media),
        version=media.version,
        width=media.width,
        height=media.height,
        accept=f"{media.media_type.partition('/')[0]}/*" if media.kind != FileKind.DOCUMENT else "",
    )


def markdown_of(media: Media) -> str:
    """Return the Markdown that shows a file in a text."""
    words = _inline(media.alt or ("" if media.kind == FileKind.IMAGE else media.name))
    caption = f' "{_inline(media.caption)}"' if media.caption else ""
    return f"![{words}]({address_of(media)}{caption})"


def _inline(text: str) -> str:
    escaped = "".join(f"\\{letter}" if letter in '\\[]"*_`<' else letter for letter in text)
    return " ".join(escaped.split())


def kinds(filters: MediaFilters) -> list[FilterChoice]:
    """Return the options of the filter by kind."""
    options = [("", "All kinds"), *((str(kind), label) for kind, label in KINDS.items())]
    return [FilterChoice(value, label, value == filters.kind) for value, label in options]


def room(quota: Quota) -> str:
    """Return a sentence about the room that is left."""
    if quota.limit_bytes is None or quota.left_bytes is None:
        return f"Your files take {readable_size(quota.used_bytes)}."
    return f"{readable_size(quota.left_bytes)} of {readable_size(quota.limit_bytes)} left for your files."


def uses_sentence(count: int) -> str:
    """Return a sentence about the number of places that show a file."""
    if not count:
        return "No text shows this file."
    return f"This file is shown in {count} {'place' if count == 1 else 'places'}."


def _facts(media: Media) -> str:
    ending = media.path.rpartition(".")[2].upper()
    shape = [f"{media.width} × {media.height}"] if media.width and media.height else []
    return ", ".join([ending, readable_size(media.size), *shape])


def _notice(media: Media) -> str:
    is_described = media.kind != FileKind.IMAGE or media.alt or media.decorative
    return "" if is_described else "No alternative text"


def _state(media: Media) -> str:
    if media.status == MediaStatus.FAILED:
        return media.problem or "Its sizes could not be made."
    return "Its sizes are being made." if media.status == MediaStatus.PROCESSING else ""


def rows(found: Sequence[Media]) -> list[MediaRow]:
    """Return the lines of files."""
    return [row(media) for media in found]
