"""Opens an export of Medium: one HTML file for each story, and one about the author."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from masthead.content.rendering import SUMMARY_CHARACTERS
from masthead.importing.errors import SourceNotFound, Unreadable
from masthead.importing.html.tree import Element, HtmlNode, parse, written
from masthead.importing.items import (
    Item,
    ItemFailure,
    ItemKind,
    NoteCollector,
    PublicationStatus,
    SkippedItem,
    SourceAuthor,
)
from masthead.importing.reading.dates import parse_date
from masthead.importing.reading.plain_text import printable
from masthead.importing.source import SourceOptions
from masthead.importing.texts.archive import ExportArchive
from masthead.importing.texts.record import BodyPart, TextRecord, fitting_tags, fitting_title
from masthead.importing.texts.source import ReadTexts, TextSource
from masthead.importing.urls import permalinks
from masthead.people.models import NAME_CHARACTERS
from masthead.text.excerpts import excerpt
from masthead.text.media_kinds import path_of
from masthead.text.slugs import slugify

_FILE: Final = re.compile(r"(?:^|/)posts/([^/]+)\.html?$")
#: A response has the first words of its text as its title, and no heading.
_RESPONSE_CHARACTERS: Final = 3_000
_NUMBER: Final = re.compile(r"-([0-9a-f]{8,14})$")
_WIDTHS: Final = {
    "graf--layoutFillWidth": "alignfull",
    "graf--layoutOutsetCenter": "alignwide",
    "graf--layoutOutsetLeft": "alignleft",
}


def open_medium(path: Path, options: SourceOptions) -> TextSource:
    """Open a ZIP, or the folder that was in it; raises `SourceNotFound`."""
    archive = ExportArchive(path)
    found = ReadTexts()
    author = _profile(archive)
    for name in archive.names():
        match = _FILE.search(name)
        if match is None:
            continue
        try:
            _read(name, match[1], archive.text(name), author, options, found)
        except Unreadable as error:
            found.failures.append(ItemFailure(printable(name), error.message))
    if not (found.records or found.skipped or found.failures):
        raise SourceNotFound(
            f"{printable(str(path))} is not an export of Medium: it has no stories in a folder `posts`."
        )
    left = [name for name in archive.names() if name.endswith(".html") and not _FILE.search(name)]
    folders = sorted({name.split("/")[-2] for name in left if "/" in name} - {"profile"})
    if folders:
        found.left.append(f"Medium's lists have no place here: {', '.join(folders)}.")
    name = f"Medium {author.name}" if author else f"Medium {path.stem}"
    return TextSource(
        "Medium", printable(str(path)), printable(name), archive, found,
        old_url=options.old_url, fetches_images=options.fetch_images,
    )  # fmt: skip


def _profile(archive: ExportArchive) -> SourceAuthor | None:
    name = next((one for one in archive.names() if one.endswith("profile/profile.html")), None)
    if name is None:
        return None
    tree = parse(archive.text(name))
    shown = _with_class(tree, "p-name")
    link = _with_class(tree, "u-url")
    key = link.text().strip().lstrip("@") if link else ""
    words = " ".join(shown.text().split()) if shown else key
    return SourceAuthor(key or slugify(words), excerpt(words, NAME_CHARACTERS)) if words else None


def _read(
    name: str, stem: str, content: str, author: SourceAuthor | None, options: SourceOptions, found: ReadTexts
) -> None:
    tree, notes = parse(content), NoteCollector()
    body = _with_class(tree, "e-content")
    if body is None:
        raise Unreadable("It is not a story of Medium: it has no element with the class e-content.")
    title = _words(_with_class(tree, "p-name") or tree.find("title"))
    if _is_response(title, body):
        found.skipped.append(SkippedItem(printable(name), "It is a response to a story, not a story."))
        return
    summary = _words(_with_class(tree, "p-summary"))
    date = _date(tree)
    canonical = _with_class(tree, "p-canonical")
    address = canonical.get("href") if canonical else _original(tree)
    is_draft = stem.startswith("draft") or date is None
    bare = _NUMBER.sub("", path_of(address).rstrip("/").rpartition("/")[2]) if canonical else ""
    _shape(body, title, summary)
    item = Item(
        source=printable(name.rpartition("posts/")[2]),
        kind=ItemKind.POST,
        title=fitting_title(title, notes),
        slug=slugify(bare or title or stem),
        date=date or _date_of_file(stem),
        updated=None,
        status=PublicationStatus.DRAFT if is_draft else PublicationStatus.PUBLISHED,
        authors=_authors(tree, author),
        tags=fitting_tags((one.text() for one in tree.elements() if "p-tag" in one.classes), notes),
        summary=excerpt(summary, SUMMARY_CHARACTERS) if summary else "",
        lead=None,
        canonical=address if canonical and _is_elsewhere(address, options.old_url) else None,
        language=None,
        old_paths=permalinks.unique(_old_paths(address)),
        body="",
        body_line=1,
        date_is_guessed=date is None,
        notes=tuple(notes.notes),
    )
    found.records.append(TextRecord(item, [BodyPart(written(body))]))


def _words(element: Element | None) -> str:
    return " ".join(element.text().split()) if element else ""


def _is_response(title: str, body: Element) -> bool:
    if any(
        "graf--title" in one.classes or one.name in {"h1", "h2", "h3", "figure"} for one in body.elements()
    ):
        return False
    text = " ".join(body.text().split())
    begins = title.rstrip("….").strip()
    return bool(begins) and text.startswith(begins) and len(text) < _RESPONSE_CHARACTERS


def _authors(tree: Element, author: SourceAuthor | None) -> tuple[SourceAuthor, ...]:
    link = _with_class(tree, "p-author")
    if link is None or not link.text().strip():
        return (author,) if author else ()
    name = excerpt(" ".join(link.text().split()), NAME_CHARACTERS)
    key = path_of(link.get("href")).rpartition("@")[2].strip("/") or slugify(name)
    return (author,) if author and author.key == key else (SourceAuthor(key, name),)


def _date(tree: Element) -> datetime | None:
    time = _with_class(tree, "dt-published")
    try:
        return parse_date(time.get("datetime"), UTC) if time else None
    except ValueError:
        return None


def _date_of_file(stem: str) -> datetime | None:
    try:
        return parse_date(stem[:10], UTC) if re.match(r"\d{4}-\d\d-\d\d", stem) else None
    except ValueError:
        return None


def _original(tree: Element) -> str:
    footer = tree.find("footer")
    links = [one.get("href") for one in footer.elements() if one.name == "a"] if footer else []
    return next((link for link in links if "/p/" in link), "")


def _is_elsewhere(address: str, old_url: str) -> bool:
    host = permalinks.host_of(address)
    is_mediums = host == "medium.com" or host.endswith(".medium.com")
    return bool(host) and not is_mediums and host != permalinks.host_of(old_url)


def _old_paths(address: str) -> Iterator[str]:
    path = permalinks.path_of(address) if address else ""
    yield path
    last = path.rstrip("/").rpartition("/")[2]
    number = _NUMBER.search(last)
    if number:
        # On a domain of its own, a publication's stories stand at the root.
        yield f"/{last}"
        yield f"/p/{number[1]}"


def _with_class(tree: Element, name: str) -> Element | None:
    return next((one for one in tree.elements() if name in one.classes), None)


def _shape(body: Element, title: str, summary: str) -> None:
    """Turn Medium's layout into elements that mean it, and leave out what the page shows already."""
    targets = {one.get("href")[1:] for one in body.elements() if one.get("href").startswith("#")}
    _drop(body, lambda one: _is_shown_above(one, title, summary))
    dividers = [one for one in body.elements() if one.name == "hr"]
    for element in body.elements():
        if element.get("id") not in targets:
            element.attributes.pop("id", None)
        element.attributes.pop("style", None)
        widths = [_WIDTHS[name] for name in element.classes if name in _WIDTHS]
        figures = [one for one in element.children if isinstance(one, Element) and one.name == "figure"]
        if "section-inner" in element.classes and len(figures) > 1:
            element.name, element.attributes = "figure", {"class": "kg-gallery-card"}
        elif element.name == "figure" and widths:
            element.attributes["class"] = widths[0]
        elif "graf--pullquote" in element.classes:
            element.name = "blockquote"
    if dividers:
        # The first section has a line above it that nobody sees.
        _drop(body, lambda one: one is dividers[0])


def _is_shown_above(element: Element, title: str, summary: str) -> bool:
    words = " ".join(element.text().split())
    if "graf--title" in element.classes:
        return words == title
    return "graf--subtitle" in element.classes and words == summary


def _drop(element: Element, is_dropped: Callable[[Element], bool]) -> None:
    kept: list[HtmlNode] = []
    for child in element.children:
        if isinstance(child, Element):
            if is_dropped(child):
                continue
            _drop(child, is_dropped)
        kept.append(child)
    element.children = kept
