"""Checks a whole archive before anything of it is written: hashes, records, and that they fit together."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from masthead.archive import documents, parsing, tables
from masthead.archive.errors import BadArchive
from masthead.archive.parsing import ArchiveIndex, reference, references
from masthead.archive.reading import ArchiveReader
from masthead.media.processing import kinds

_NOTES: Final = {"review": tables.REVIEW_NOTES, "preview": tables.PREVIEW_NOTES}


def check(archive: ArchiveReader) -> ArchiveIndex:
    """Check everything and return the names in it; raises `BadArchive` with the place of the first mistake."""
    archive.check_hashes()
    index = ArchiveIndex(posts=set(archive.slugs("posts")), pages=set(archive.slugs("pages")))
    _check_lists(archive, index)
    _check_accounts(archive, index)
    _check_media(archive, index)
    _check_texts(archive, index)
    _check_below_posts(archive, index)
    for place, fields in _records(archive, "redirects.jsonl", index, key="path"):
        parsing.redirect(fields, place, index)
    for place, fields in _records(archive, "external_pictures.jsonl", index, key="address"):
        parsing.parse(tables.EXTERNAL_PICTURES, fields, place, index)
        reference(fields, "media", index.media, place)
    for place, fields in _records(archive, "presets.jsonl", index):
        parsing.parse(parsing.preset_table(fields, place), fields, place, index)
    for place, fields in _records(archive, "embeds.jsonl", index, key="address"):
        parsing.parse(tables.EMBEDS, fields, place, index)
    return index


def _records(
    archive: ArchiveReader, name: str, index: ArchiveIndex, *, key: str = ""
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The records of a member with their places; with a key, each value of it once."""
    seen: set[str] = set()
    for number, fields in archive.lines(name):
        place = f"{name}, line {number}"
        index.counts[name.partition(".")[0]] += 1
        if key:
            if fields.get(key) in seen:
                raise BadArchive(f"{place}: this {key} is in the archive twice.")
            seen.add(str(fields.get(key)))
        yield place, fields


def _check_lists(archive: ArchiveReader, index: ArchiveIndex) -> None:
    index.counts["settings"] = len(parsing.settings(archive.json("settings.json")))
    for number, fields in enumerate(_list(archive, "roles.json"), 1):
        index.roles.add(parsing.role(fields, f"roles.json, role {number}", index)["name"])
        index.counts["roles"] += 1
    for number, fields in enumerate(_list(archive, "tags.json"), 1):
        place = f"tags.json, tag {number}"
        slug = parsing.parse(tables.TAGS, fields, place, index)["slug"]
        if slug in index.tags:
            raise BadArchive(f"{place}: this slug is in the archive twice.")
        index.tags.add(slug)
        index.counts["tags"] += 1


def _list(archive: ArchiveReader, name: str) -> list[dict[str, Any]]:
    found = archive.json(name)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadArchive(f"{name} is no list of records.")
    return found


def _check_accounts(archive: ArchiveReader, index: ArchiveIndex) -> None:
    for place, fields in _records(archive, "accounts.jsonl", index, key="username"):
        account = parsing.account(fields, place, index)
        if account["password_hash"] is not None and not archive.has_passwords:
            raise BadArchive(f"{place}: the manifest says that there are no passwords, and this is one.")
        index.accounts.add(account["username"])
        index.passwords += account["password_hash"] is not None
        index.administrators += fields["role"] == "administrator"


def _check_media(archive: ArchiveReader, index: ArchiveIndex) -> None:
    used: set[str] = set()
    for place, fields in _records(archive, "media.jsonl", index, key="path"):
        found = parsing.file(fields, place, index)
        for key in (found["key"], found["unedited_key"]):
            if key is not None and not archive.has(f"media/{key}"):
                raise BadArchive(f"{place}: its file media/{key} is missing in the archive.")
        if archive.size(f"media/{found['key']}") != found["size"]:
            raise BadArchive(f"{place}: its file has another size.")
        used |= {found["key"], found["unedited_key"]}
        _check_type(archive, found["key"], found["media_type"], place)
        index.media.add(found["path"])
    for key in archive.files:
        if key not in used:
            raise BadArchive(f"media/{key} belongs to no file of the library.")


def _check_type(archive: ArchiveReader, key: str, media_type: str, place: str) -> None:
    """Raise `BadArchive` unless a file is what it is said to be: browsers are told its type."""
    head = b""
    for chunk in archive.chunks(f"media/{key}"):
        head = chunk[: kinds.SVG_BYTES]
        break
    kind = kinds.of(head)
    if kind is None or kind.media_type != media_type:
        raise BadArchive(f"{place}: its file is not of the type “{media_type}”.")


def _check_texts(archive: ArchiveReader, index: ArchiveIndex) -> None:
    for slug in archive.slugs("posts"):
        place = f"posts/{slug}.md"
        fields, body = documents.parsed(place, archive.text(place))
        check_post(fields, body, place, index)
        index.counts["posts"] += 1
    for slug in archive.slugs("pages"):
        place = f"pages/{slug}.md"
        fields, body = documents.parsed(place, archive.text(place))
        _check_name(parsing.parse(tables.PAGES, fields | {"body": body}, place, index)["slug"], place)
        parsing.texts(fields, "former_slugs", place)
        parsing.heading_ids(fields, place)
        index.counts["pages"] += 1


def check_post(fields: dict[str, Any], body: str, place: str, index: ArchiveIndex) -> None:
    """Check a post; raises `BadArchive`."""
    _check_name(parsing.parse(tables.POSTS, fields | {"body": body}, place, index)["slug"], place)
    reference(fields, "author", index.accounts, place)
    references(fields, "bylines", index.accounts, place)
    references(fields, "tags", index.tags, place)
    parsing.texts(fields, "former_slugs", place)
    parsing.heading_ids(fields, place)


def _check_name(slug: str, place: str) -> None:
    if not place.endswith(f"/{slug}.md"):
        raise BadArchive(f"{place}: the slug is not that of the file's name.")


def _check_below_posts(archive: ArchiveReader, index: ArchiveIndex) -> None:
    checks: dict[str, Callable[[dict[str, Any], str, ArchiveIndex], None]] = {
        "comments.jsonl": _check_comment,
        "notes.jsonl": _check_note,
        "revisions.jsonl": _check_revision,
        "statistics.jsonl": _check_views,
    }
    for name, check_one in checks.items():
        last: tuple[str, int] = ("", 0)
        for place, fields in _records(archive, name, index):
            post = reference(fields, "post", index.posts, place) or ""
            check_one(fields, place, index)
            number = last[1] + 1 if post == last[0] else 1
            if post < last[0]:
                raise BadArchive(f"{place}: the records are not in the order of the posts' slugs.")
            if "number" in fields and name == "comments.jsonl" and fields["number"] != number:
                raise BadArchive(f"{place}: the comments of a post are not numbered from 1.")
            last = (post, number)


def _check_comment(fields: dict[str, Any], place: str, index: ArchiveIndex) -> None:
    parsing.parse(tables.COMMENTS, fields, place, index)
    reference(fields, "author", index.accounts, place)
    reference(fields, "decided_by", index.accounts, place, is_needed=False)
    number = fields.get("number")
    if not isinstance(number, int):
        raise BadArchive(f"{place}: the field “number” is missing.")
    for name in ("parent", "reply_to"):
        other = fields.get(name)
        if other is not None and not (isinstance(other, int) and 1 <= other < number):
            raise BadArchive(f"{place}: the field “{name}” names no earlier comment below the post.")


def _check_note(fields: dict[str, Any], place: str, index: ArchiveIndex) -> None:
    table = _NOTES.get(str(fields.get("kind")))
    if table is None:
        raise BadArchive(f"{place}: the field “kind” has a value that does not exist here.")
    parsing.parse(table, fields, place, index)
    if table is tables.REVIEW_NOTES:
        reference(fields, "author", index.accounts, place)


def _check_revision(fields: dict[str, Any], place: str, index: ArchiveIndex) -> None:
    parsing.parse(tables.REVISIONS, fields, place, index)
    parsing.texts(fields, "tags", place)
    reference(fields, "author", index.accounts, place)
    for one in parsing.texts(fields, "bylines", place):
        reference({"bylines": one}, "bylines", index.accounts, place)


def _check_views(fields: dict[str, Any], place: str, index: ArchiveIndex) -> None:
    parsing.parse(tables.STATISTICS, fields, place, index)
