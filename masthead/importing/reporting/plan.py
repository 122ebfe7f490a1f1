"""What somebody should know before anything is written: what becomes of which folder, and which addresses are kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from masthead.importing.items import Kind
from masthead.importing.markdown.dialects.base import Dialect
from masthead.importing.markdown.scan import Survey

#: Folders that the shell shows; the report has all of them.
SHOWN: Final = 25


@dataclass(frozen=True, slots=True)
class Foreword:
    """The plan of one import."""

    #: Posts and pages of each folder, the fullest first.
    folders: tuple[tuple[str, int, int], ...]
    rule: str
    samples: tuple[tuple[str, str], ...]
    #: Settings that matter and were not understood, each with what follows.
    unread: tuple[str, ...]
    #: Whether there are texts, and none of them is a post.
    has_no_posts: bool

    def facts(self) -> dict[str, Any]:
        """For the report's file."""
        return {
            "folders": [
                {"folder": folder, "posts": posts, "pages": pages} for folder, posts, pages in self.folders
            ],
            "address_rule": self.rule,
            "sample_addresses": dict(self.samples),
            "settings_not_read": list(self.unread),
        }

    def sentences(self) -> Iterator[str]:
        """For the shell."""
        yield from (
            f"{folder}: {_counted(posts, 'post')}, {_counted(pages, 'page')}"
            for folder, posts, pages in self.folders[:SHOWN]
        )
        if len(self.folders) > SHOWN:
            yield f"… and {len(self.folders) - SHOWN} more folders; --report FILE.json lists all of them."
        if self.rule:
            yield f"Old addresses are made by {self.rule}:"
            yield from (f"  {source} was {path}" for source, path in self.samples)
        if self.unread:
            yield "Settings that matter here and were not read:"
            yield from (f"  {setting}" for setting in self.unread)

    def warning(self) -> str:
        """A sentence that nobody should miss, '' if all is well."""
        if not self.has_no_posts:
            return ""
        return (
            "NOTHING BECOMES A POST: every text counts as a page, so the home page and the feeds stay empty. Name the "
            "posts with --posts, for instance --posts 'content/blog/*', and try it with --dry-run."
        )


def foreword(dialect: Dialect, found: Survey) -> Foreword:
    """The plan, from the first look at the folder."""
    names = dict.fromkeys(folder for folder, _ in found.folders)
    rows = [(name, found.folders[name, Kind.POST], found.folders[name, Kind.PAGE]) for name in names]
    return Foreword(
        folders=tuple(sorted(rows, key=lambda row: (-row[1] - row[2], row[0]))),
        rule=dialect.address_rule if found.samples else "",
        samples=tuple(found.samples),
        unread=tuple(dict.fromkeys(dialect.unread_settings())),
        has_no_posts=bool(found.entries) and not found.posts,
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
