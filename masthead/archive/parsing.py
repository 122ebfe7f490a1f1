"""Turns the records of an archive into values of columns, and refuses what this publication could not hold."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from masthead import time_zones
from masthead.archive import tables, values
from masthead.archive.errors import BadArchive
from masthead.archive.tables import ArchivedTable
from masthead.archive.values import BadValue
from masthead.media.models import FileKind
from masthead.media.processing import kinds
from masthead.people.permissions import ADMINISTERING, BUILT_IN, HIGHEST_RANK, READER
from masthead.redirects.models import Target
from masthead.settings.publication import NAMES, Publication
from masthead.storage.store import KEY

#: Fields that become links or pictures: no scheme but those of the web. Old sites have spaces and worse in them.
_ADDRESSES: Final = frozenset(
    {
        "website",
        "avatar",
        "canonical_url",
        "lead_image",
        "card_image",
        "expires_to",
        "target_url",
        "picture",
        "address",
    }
)
_LINK: Final = re.compile(r"(?! )(?:https?:|(?![a-z][a-z0-9+.-]*:))[^\x00-\x1f\x7f]*", re.IGNORECASE)
#: An address in the settings.
_ADDRESS: Final = re.compile(r"(?:https?://|/(?!/))\S*", re.IGNORECASE)
#: Argon2id with at most a gigabyte and twenty passes: nobody's sign-in may occupy the server.
_PASSWORD: Final = re.compile(
    r"\$argon2id\$v=19\$m=(\d{1,7}),t=(?:1?\d|20),p=(?:1?\d)\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+"
)
#: An id in HTML, escaped as it stands there.
_ID: Final = re.compile(r"[^\"'<>\s]{1,1000}")
_MEMORY_KIB: Final = 1 << 20
_ACCENT: Final = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_CHOICES: Final = {"comment_policy": ("everybody", "first", "all"), "ai_crawlers": ("allow", "disallow")}
_MOST_ON_A_PAGE: Final = 100
_SETTING_CHARACTERS: Final = 100_000


@dataclass(slots=True)
class ArchiveIndex:
    """The names of everything in an archive, and what this version does not know."""

    roles: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    posts: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)
    media: set[str] = field(default_factory=set)
    administrators: int = 0
    passwords: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    unknown_fields: Counter[str] = field(default_factory=Counter)

    def sentences(self) -> list[str]:
        """The sentences about fields that were left out."""
        return [
            f"The field {name} is not known to this version of Masthead, and was left out {count} times."
            for name, count in sorted(self.unknown_fields.items())
        ]


def parse(
    table: ArchivedTable, fields: Mapping[str, Any], place: str, index: ArchiveIndex | None = None
) -> dict[str, Any]:
    """The values of a record's columns; raises `BadArchive`."""
    try:
        found = {column.name: values.from_json(column, fields) for column in table.columns}
    except BadValue as error:
        raise BadArchive(f"{place}: {error}.") from None
    for name in _ADDRESSES & found.keys():
        if found[name] and not _LINK.fullmatch(found[name]):
            raise BadArchive(f"{place}: the field “{name}” is no address of the web.")
    if index is not None:
        folder = table.member.partition(".")[0]
        index.unknown_fields.update(f"“{name[:40]}” of {folder}" for name in fields.keys() - table.fields)
    return found


def reference(
    fields: Mapping[str, Any], name: str, known: set[str], place: str, *, is_needed: bool = True
) -> str | None:
    """The name of another row; raises `BadArchive` if the archive does not have it."""
    value = fields.get(name)
    if value is None and not is_needed:
        return None
    if not isinstance(value, str) or value not in known:
        raise BadArchive(
            f"{place}: “{str(value)[:100]}”, which the field “{name}” names, is not in the archive."
        )
    return value


def references(fields: Mapping[str, Any], name: str, known: set[str], place: str) -> list[str]:
    """The names of other rows, in order, each once; raises `BadArchive`."""
    found = texts(fields, name, place)
    for value in found:
        reference({name: value}, name, known, place)
    if len(set(found)) != len(found):
        raise BadArchive(f"{place}: the field “{name}” names something twice.")
    return found


def texts(fields: Mapping[str, Any], name: str, place: str) -> list[str]:
    """A list of texts; raises `BadArchive`."""
    try:
        return values.texts(name, fields.get(name))
    except BadValue as error:
        raise BadArchive(f"{place}: {error}.") from None


def heading_ids(fields: Mapping[str, Any], place: str) -> dict[str, list[str]]:
    """The older ids of headings; raises `BadArchive`."""
    found = fields.get("heading_ids") or {}
    if not isinstance(found, dict):
        raise BadArchive(f"{place}: the field “heading_ids” has the wrong type.")
    kept = {heading: texts(found, heading, place) for heading in found}
    if not all(_ID.fullmatch(one) for names in kept.values() for one in names):
        raise BadArchive(f"{place}: the field “heading_ids” holds what is no id.")
    return kept


def role(fields: Mapping[str, Any], place: str, index: ArchiveIndex) -> dict[str, Any]:
    """A role; raises `BadArchive` for one that would stand above administrators."""
    found = parse(tables.ROLES, fields, place, index)
    permissions = set(texts(fields, "permissions", place))
    if found["name"] not in BUILT_IN and found["rank"] >= HIGHEST_RANK:
        raise BadArchive(f"{place}: a role of the publication's own stands below administrators.")
    if found["name"] == READER and permissions & {one.value for one in ADMINISTERING}:
        raise BadArchive(f"{place}: anybody can become a reader, so readers administer nothing.")
    return found


def account(fields: Mapping[str, Any], place: str, index: ArchiveIndex) -> dict[str, Any]:
    """An account, or a byline; raises `BadArchive`."""
    found = parse(tables.ACCOUNTS, fields, place, index)
    reference(fields, "role", index.roles, place)
    closure = fields.get("closure")
    if closure is not None:
        if not isinstance(closure, dict):
            raise BadArchive(f"{place}: the field “closure” has the wrong type.")
        parse(tables.CLOSURES, closure, place, index)
    hashed = found["password_hash"]
    if hashed is not None:
        match = _PASSWORD.fullmatch(hashed)
        if match is None or int(match[1]) > _MEMORY_KIB:
            raise BadArchive(
                f"{place}: the field “password_hash” is no hash of Argon2id that could be checked here."
            )
    if not found["username"].strip() or "/" in found["username"]:
        raise BadArchive(f"{place}: the field “username” is no user name.")
    return found


def file(fields: Mapping[str, Any], place: str, index: ArchiveIndex) -> dict[str, Any]:
    """A file of the media library; raises `BadArchive`."""
    found = parse(tables.MEDIA, fields, place, index)
    reference(fields, "owner", index.accounts, place, is_needed=False)
    for name in ("path", "key", "unedited_key"):
        if found[name] is not None and not KEY.fullmatch(found[name]):
            raise BadArchive(f"{place}: the field “{name}” is no path of a file.")
    if found["media_type"] not in kinds.BY_MEDIA_TYPE or found["kind"] not in set(FileKind):
        raise BadArchive(f"{place}: files of the type “{found['media_type']}” cannot be held here.")
    if not (0 <= found["focal_x"] <= 1 and 0 <= found["focal_y"] <= 1):
        raise BadArchive(f"{place}: the focal point is outside of the picture.")
    return found


def preset_table(fields: Mapping[str, Any], place: str) -> ArchivedTable:
    """The table of a post template or a snippet; raises `BadArchive`."""
    table = {"template": tables.POST_TEMPLATES, "snippet": tables.SNIPPETS}.get(str(fields.get("kind")))
    if table is None:
        raise BadArchive(f"{place}: the field “kind” has a value that does not exist here.")
    return table


def redirect(fields: Mapping[str, Any], place: str, index: ArchiveIndex) -> dict[str, Any]:
    """A redirect; raises `BadArchive`."""
    found = parse(tables.REDIRECTS, fields, place, index)
    known = {
        Target.POST: index.posts,
        Target.PAGE: index.pages,
        Target.TAG: index.tags,
        Target.AUTHOR: index.accounts,
    }
    if found["kind"] == Target.URL:
        if not found["target_url"]:
            raise BadArchive(f"{place}: the redirect leads nowhere.")
    elif found["kind"] in set(Target):
        reference(fields, "target", known[Target(found["kind"])], place)
    else:
        raise BadArchive(f"{place}: the field “kind” has a value that does not exist here.")
    return found


def settings(found: Any) -> dict[str, Any]:
    """The settings of the publication; raises `BadArchive`."""
    if not isinstance(found, dict):
        raise BadArchive("settings.json is no record.")
    defaults = Publication()
    for name, value in found.items():
        if name not in NAMES or not _fits(name, value, getattr(defaults, name)):
            raise BadArchive(
                f"settings.json: “{name[:100]}” is no setting, or has a value that is not possible here."
            )
    return found


def _fits(name: str, value: Any, default: Any) -> bool:
    if name == "navigation":
        return isinstance(value, list) and all(_is_link(link) for link in value)
    if isinstance(default, int):
        return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MOST_ON_A_PAGE
    if not isinstance(value, str) or len(value) > _SETTING_CHARACTERS:
        return False
    if name in _CHOICES:
        return value in _CHOICES[name]
    if name in {"logo", "icon", "feed_origin"}:
        return not value or _ADDRESS.fullmatch(value) is not None
    if name == "time_zone":
        return _is_zone(value)
    return name != "accent" or _ACCENT.fullmatch(value) is not None


def _is_zone(name: str) -> bool:
    try:
        return bool(time_zones.canonical(name))
    except ValueError:
        return False


def _is_link(link: Any) -> bool:
    if not isinstance(link, dict) or link.keys() != {"label", "path"}:
        return False
    is_text = isinstance(link["label"], str) and isinstance(link["path"], str)
    return is_text and (_ADDRESS.fullmatch(link["path"]) is not None or link["path"].startswith("#"))
