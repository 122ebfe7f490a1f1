"""Opens an export of Substack: a table of posts, and one HTML file for each."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any, Final

from masthead.content.rendering import SUMMARY_CHARACTERS
from masthead.importing.errors import SourceNotFound, Unreadable
from masthead.importing.html import blocks, inline
from masthead.importing.html.tree import Element, HtmlNode, parse, written
from masthead.importing.items import (
    Item,
    ItemFailure,
    ItemKind,
    NoteCollector,
    PublicationStatus,
    SourceAuthor,
)
from masthead.importing.reading.dates import parse_date
from masthead.importing.reading.plain_text import printable
from masthead.importing.source import SourceOptions
from masthead.importing.texts.archive import ExportArchive
from masthead.importing.texts.record import BodyPart, TextRecord, fitting_title
from masthead.importing.texts.source import ReadTexts, TextSource
from masthead.importing.urls import permalinks
from masthead.text.excerpts import excerpt
from masthead.text.slugs import slugify

#: Buttons and forms of Substack, with the words of the report.
_WIDGETS: Final[Mapping[str, str]] = {
    "button-wrapper": "buttons of Substack", "captioned-button-wrap": "buttons of Substack",
    "subscription-widget-wrap": "forms for subscribers", "subscription-widget-wrap-editor": "forms for subscribers",
    "subscription-widget": "forms for subscribers", "poll-embed": "polls", "paywall-jump": "paywall",
    "native-video-embed": "recordings", "native-audio-embed": "recordings", "install-substack-app-embed": "buttons of Substack",
    "community-chat": "buttons of Substack", "directMessage": "buttons of Substack",
}  # fmt: skip
#: Buttons with these words in their address belong to Substack; others are the author's.
_OWN_BUTTON: Final = re.compile(
    r"%%|/comments\b|/subscribe|action=share|/account|/leaderboard|utm_source=substack|/chat\b"
)


def open_substack(path: Path, options: SourceOptions) -> TextSource:
    """Open a ZIP, or the folder that was in it; raises `SourceNotFound`."""
    archive = ExportArchive(path)
    table = next((name for name in archive.names() if name.rpartition("/")[2] == "posts.csv"), None)
    if table is None:
        raise SourceNotFound(f"{printable(str(path))} is not an export of Substack: it has no posts.csv.")
    found = ReadTexts()
    folder = table.rpartition("/")[0]
    for row in csv.DictReader(io.StringIO(archive.text(table))):
        name = (row.get("post_id") or "").strip()
        if not name:
            continue
        try:
            found.records.append(_record(row, name, archive, folder, options))
        except Unreadable as error:
            found.failures.append(ItemFailure(printable(f"posts/{name}.html"), error.message))
    found.left = list(_left(archive))
    return TextSource(
        "Substack", printable(str(path)), printable(f"Substack {path.stem}"), archive, found,
        old_url=options.old_url, fetches_images=options.fetch_images,
    )  # fmt: skip


def _left(archive: ExportArchive) -> Iterator[str]:
    count = 0
    for name in archive.names():
        if name.endswith(".csv") and not name.endswith("posts.csv"):
            lines = archive.text(name).splitlines()
            count += (
                len(lines) - 1
                if lines and "email" in lines[0].lower() and "/" not in name.removeprefix("export/")
                else 0
            )
    if count:
        yield f"Subscribers have no place here yet: {count} are in the export."


def _record(
    row: Mapping[str, Any], name: str, archive: ExportArchive, folder: str, options: SourceOptions
) -> TextRecord:
    notes = NoteCollector()
    content = _content(row, name, archive, folder, notes)
    number, _, slug = name.partition(".")
    kind = ItemKind.PAGE if _value(row, "type") == "page" else ItemKind.POST
    date = _date(_value(row, "post_date"))
    title = fitting_title(unescape(_value(row, "title")), notes)
    parts = _parts(content, _value(row, "podcast_url"), title, notes)
    item = Item(
        source=printable(name),
        kind=kind,
        title=title,
        slug=slugify(slug or title or number),
        date=date,
        updated=None,
        status=_status(row, date, options.now, notes),
        authors=(SourceAuthor(options.byline, options.byline),)
        if options.byline and kind is ItemKind.POST
        else (),
        tags=(),
        summary=excerpt(unescape(_value(row, "subtitle")), SUMMARY_CHARACTERS)
        if _value(row, "subtitle")
        else "",
        lead=None,
        canonical=None,
        language=None,
        old_paths=permalinks.unique([f"/p/{slug}", *([f"/{slug}"] if kind is ItemKind.PAGE else [])])
        if slug
        else (),
        body="",
        body_line=1,
        date_is_guessed=date is None,
        notes=tuple(notes.notes),
    )
    return TextRecord(item, parts)


def _content(
    row: Mapping[str, Any], name: str, archive: ExportArchive, folder: str, notes: NoteCollector
) -> str:
    """The HTML of a post; nothing if the export has no file for it."""
    file = f"{folder}/posts/{name}.html".lstrip("/")
    content = archive.text(file) if archive.has_file(file) else ""
    if not content and _value(row, "is_published").lower() == "true":
        notes.lost("body", "the export has no file for it")
    return content


def _parts(content: str, podcast: str, title: str, notes: NoteCollector) -> list[BodyPart]:
    """The parts of a body: the podcast, the text, its footnotes."""
    tree = parse(content)
    footnotes = _shape(tree, notes)
    parts = [BodyPart(written(tree)), *footnotes]
    if podcast:
        parts.insert(0, BodyPart(written(Element("audio", {"src": podcast, "title": title}))))
    return parts


def _value(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""


def _date(text: str) -> datetime | None:
    try:
        return parse_date(text, UTC) if text else None
    except ValueError:
        return None


def _status(
    row: Mapping[str, Any], date: datetime | None, now: datetime, notes: NoteCollector
) -> PublicationStatus:
    if _value(row, "is_published").lower() not in {"true", "1", "yes"}:
        return PublicationStatus.DRAFT
    audience = _value(row, "audience") or "everyone"
    if audience != "everyone":
        notes.changed("status", f"it was for subscribers ({audience[:60]}), so it is a draft here")
        return PublicationStatus.DRAFT
    return PublicationStatus.SCHEDULED if date is not None and date > now else PublicationStatus.PUBLISHED


def _shape(tree: Element, notes: NoteCollector) -> list[BodyPart]:
    """Turn Substack's widgets into elements that mean them; returns the footnotes."""
    footnotes: list[BodyPart] = []
    _replace(tree, notes, footnotes)
    return footnotes


def _replace(element: Element, notes: NoteCollector, footnotes: list[BodyPart]) -> None:
    kept: list[HtmlNode] = []
    for child in element.children:
        if isinstance(child, Element):
            replaced = _replaced(child, notes, footnotes)
            if replaced is None:
                continue
            _replace(replaced, notes, footnotes)
            kept.append(replaced)
        else:
            kept.append(child)
    element.children = kept


def _replaced(element: Element, notes: NoteCollector, footnotes: list[BodyPart]) -> Element | None:
    """The element that one becomes; None if it is left out."""
    classes = element.classes
    widget = next((_WIDGETS[name] for name in classes if name in _WIDGETS), "")
    if widget and not _is_own(element):
        notes.lost(widget, " ".join(element.text().split())[:300])
        return None
    if "footnote-anchor" in classes:
        return Element("footnote", {"data-fn": element.text().strip()})
    if "footnote" in classes:
        number = next((one for one in element.elements() if "footnote-number" in one.classes), element)
        label = inline.footnote_label(number.text().strip())
        content = next((one for one in element.elements() if "footnote-content" in one.classes), element)
        text = blocks.written(content.children)
        footnotes.append(BodyPart(f"[^{label}]: " + "\n    ".join(text.split("\n")), is_markdown=True))
        return None
    if "pullquote" in classes:
        element.name = "blockquote"
    return _embedded(element) or element


def _is_own(element: Element) -> bool:
    """Check if a button is the author's, with an address of theirs."""
    link = element.find("a")
    address = link.get("href") if link else ""
    return (
        "button-wrapper" in element.classes and address.startswith("http") and not _OWN_BUTTON.search(address)
    )


def _embedded(element: Element) -> Element | None:
    """The link or the pictures that an empty widget stands for."""
    if not element.get("data-attrs") or element.name in {"img", "a"} or element.find("a", "img", "p"):
        return None
    try:
        data = json.loads(element.get("data-attrs"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    pictures = data.get("gallery", {}).get("images") if isinstance(data.get("gallery"), dict) else None
    if isinstance(pictures, list):
        shown: list[HtmlNode] = [
            Element("figure", {}, [Element("img", {"src": str(one["src"])})])
            for one in pictures
            if isinstance(one, dict) and one.get("src")
        ]
        caption = data["gallery"].get("caption")
        if caption:
            shown.append(Element("figcaption", {}, [str(caption)]))
        return Element("figure", {"class": "gallery"}, shown)
    address = str(data.get("url") or data.get("canonicalUrl") or "")
    if not address and data.get("videoId"):
        host = "https://vimeo.com/" if "vimeo-wrap" in element.classes else "https://www.youtube.com/watch?v="
        address = f"{host}{data['videoId']}"
    if not address.startswith(("http://", "https://")):
        return None
    words = [str(data[name]) for name in ("title", "full_text", "description") if data.get(name)]
    label = words[0] if words else address
    more: list[HtmlNode] = [Element("p", {}, [one]) for one in words[1:]]
    return Element("div", {}, [Element("p", {}, [Element("a", {"href": address}, [label])]), *more])
