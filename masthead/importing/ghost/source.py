"""Opens an export of Ghost."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from masthead.importing.errors import Unreadable
from masthead.importing.ghost import envelope
from masthead.importing.ghost.envelope import GhostTables, date, text
from masthead.importing.ghost.posts import PLACEHOLDER, PostReader, is_internal
from masthead.importing.items import (
    CommentState,
    Item,
    ItemKind,
    MenuEntry,
    PublicationStatus,
    SourceAuthor,
    SourceComment,
    TopicDescription,
)
from masthead.importing.reading import yaml_values
from masthead.importing.reading.plain_text import printable
from masthead.importing.source import SourceOptions
from masthead.importing.texts.archive import ExportArchive
from masthead.importing.texts.record import TextRecord
from masthead.importing.texts.source import ReadTexts, TextSource
from masthead.tags.models import DESCRIPTION_CHARACTERS
from masthead.text.excerpts import excerpt
from masthead.text.slugs import slugify

_LITERAL: Final = re.compile(r"\^?(/[^\\^$*+?()\[\]{}|]*)\$?")


def open_ghost(path: Path, options: SourceOptions) -> TextSource:
    """Open a JSON file, or a ZIP with it and the pictures; raises `SourceNotFound`."""
    archive, content = _opened(path)
    tables = envelope.read(archive if content is None else None, content or "")
    found = _texts(tables, archive, options)
    version = f" {tables.version}" if tables.version else ""
    name = tables.setting("title") or path.stem
    return TextSource(
        f"Ghost{version}"[:60], printable(str(path)), printable(f"Ghost {name}"), archive, found,
        old_url=options.old_url, fetches_images=options.fetch_images,
    )  # fmt: skip


def _opened(path: Path) -> tuple[ExportArchive, str | None]:
    if path.is_file():
        with path.open("rb") as file:
            is_zip = file.read(2) == b"PK"
        if not is_zip:
            # Pictures may lie in the folder `content` beside the file.
            beside = (
                ExportArchive(path.parent / "content")
                if (path.parent / "content").is_dir()
                else ExportArchive.empty()
            )
            return beside, path.read_text("utf-8-sig", "replace")
    return ExportArchive(path), None


def _texts(tables: GhostTables, archive: ExportArchive, options: SourceOptions) -> ReadTexts:
    found = ReadTexts()
    reader = PostReader(tables, options.now, options.byline)
    _read_routes(archive, reader, found)
    comments = _comments(tables, options.now)
    seen: Counter[str] = Counter()
    for row in tables.rows("posts"):
        name = text(row, "id") or text(row, "uuid") or text(row, "slug") or slugify(text(row, "title"))
        seen[name] += 1
        record = reader.record(row, f"post {name}" + (f" #{seen[name]}" if seen[name] > 1 else ""))
        if record.item.kind is ItemKind.POST:
            record.comments = comments.get(text(row, "id"), [])
        found.records.append(record)
    for tag in tables.rows("tags"):
        name = text(tag, "name")
        if name and not is_internal(tag):
            described = (
                excerpt(text(tag, "description"), DESCRIPTION_CHARACTERS) if text(tag, "description") else ""
            )
            found.topics.append(
                TopicDescription(name, described, (f"/tag/{text(tag, 'slug') or slugify(name)}/",))
            )
    found.records += _redirects(archive, found)
    found.menu = list(_menu(tables.setting("navigation")))
    found.left += _left(tables, archive)
    return found


def _read_routes(archive: ExportArchive, reader: PostReader, found: ReadTexts) -> None:
    """Take the permalinks of the first collection in routes.yaml."""
    for name in archive.names():
        if name.rpartition("/")[2] not in {"routes.yaml", "routes.yml"}:
            continue
        try:
            routes = yaml_values.load(archive.text(name))
        except Unreadable as error:
            found.problems.append((name, error))
            return
        collections = routes.get("collections") if isinstance(routes, dict) else None
        for collection in collections.values() if isinstance(collections, dict) else ():
            structure = collection.get("permalink") if isinstance(collection, dict) else None
            if isinstance(structure, str) and structure.startswith("/"):
                reader.use_structure(structure)
                return


def _redirects(archive: ExportArchive, found: ReadTexts) -> Iterator[TextRecord]:
    """The redirects in redirects.yaml or redirects.json; patterns are named, since they are programs."""
    for name in archive.names():
        file = name.rpartition("/")[2]
        if not re.fullmatch(r"redirects[\w.-]*\.(?:ya?ml|json)", file):
            continue
        try:
            content = archive.text(name)
            data = json.loads(content) if file.endswith(".json") else yaml_values.load(content)
        except (Unreadable, ValueError, RecursionError) as error:
            problem = error if isinstance(error, Unreadable) else Unreadable(f"It is not JSON: {error}.")
            found.problems.append((name, problem))
            continue
        for old, new in _pairs(data):
            literal = _LITERAL.fullmatch(old)
            if literal is None or "$" in new:
                found.left.append(f"The redirect {old[:100]} is a pattern, which is not imported.")
                continue
            yield TextRecord(_redirect(literal[1], new.replace(PLACEHOLDER, "")))


def _pairs(data: Any) -> Iterator[tuple[str, str]]:
    if isinstance(data, list):
        for row in data:
            if isinstance(row, dict) and row.get("from") and row.get("to"):
                yield str(row["from"]), str(row["to"])
    elif isinstance(data, dict):
        for rows in data.values():
            for old, new in rows.items() if isinstance(rows, dict) else ():
                yield str(old), str(new)


def _redirect(old: str, new: str) -> Item:
    return Item(
        source=f"redirect {old}", kind=ItemKind.REDIRECT, title=old, slug=slugify(old), date=None, updated=None,
        status=PublicationStatus.PUBLISHED, authors=(), tags=(), summary="", lead=None, canonical=None, language=None,
        old_paths=(old,), body="", body_line=1, redirect_to=new,
    )  # fmt: skip


def _menu(setting: str) -> Iterator[MenuEntry]:
    try:
        links = json.loads(setting) if setting else []
    except (ValueError, RecursionError):
        return
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("label") and link.get("url"):
            yield MenuEntry(str(link["label"]), address=str(link["url"]).replace(PLACEHOLDER, "") or "/")


def _left(tables: GhostTables, archive: ExportArchive) -> Iterator[str]:
    for name in ("codeinjection_head", "codeinjection_foot", "ghost_head", "ghost_foot"):
        if tables.setting(name):
            yield f"The site's code injection ({name}) is not imported: {tables.setting(name)[:300]}"
    letters = [text(row, "name") for row in tables.rows("newsletters")]
    if letters:
        yield f"Newsletters have no place here yet: {', '.join(letters)[:500]}."
    members = len(tables.rows("members")) + sum(
        max(len(archive.text(name).splitlines()) - 1, 0)
        for name in archive.names()
        if re.search(r"members[^/]*\.csv$", name)
    )
    if members:
        yield f"Members have no place here yet: {members} are in the export."
    tiers = [text(row, "name") for row in tables.rows("products")]
    if tiers:
        yield f"Tiers have no place here yet: {', '.join(tiers)[:500]}."
    snippets = [text(row, "name") for row in tables.rows("snippets")]
    if snippets:
        yield f"Snippets have no place here: {', '.join(snippets)[:500]}."


def _comments(tables: GhostTables, now: datetime) -> dict[str, list[SourceComment]]:
    """The comments of full exports, by post."""
    members = tables.by_id("members")
    found: dict[str, list[SourceComment]] = {}
    for row in tables.rows("comments"):
        if text(row, "status") not in {"", "published"}:
            continue
        member = members.get(text(row, "member_id"), {})
        name = text(member, "name") or "Anonymous"
        mark = text(row, "member_id") or name
        author = SourceAuthor(
            f"commenter {mark}"[:100], name[:80], username=f"{slugify(name)[:18]}-{mark[-8:]}", has_page=False
        )
        comment = SourceComment(
            text(row, "id"), text(row, "in_reply_to_id", "parent_id"), author, text(row, "html"),
            CommentState.APPROVED, date(row, "created_at") or now,
        )  # fmt: skip
        found.setdefault(text(row, "post_id"), []).append(comment)
    return found
