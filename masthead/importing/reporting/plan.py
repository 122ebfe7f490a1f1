"""The plan of an import: the number of posts and pages in each folder, and the rule of old addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from masthead.importing.items import ItemKind
from masthead.importing.scan import ScanResult
from masthead.importing.source import Source

#: The number of folders on the console; the report file has all of them.
SHOWN: Final = 25


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """The plan of one import."""

    #: Name, posts and pages of each folder or other group, the largest first.
    groups: tuple[tuple[str, int, int], ...]
    rule: str
    samples: tuple[tuple[str, str], ...]
    #: Settings that are not supported, each with the consequence.
    unsupported: tuple[str, ...]
    #: There are items, but none of them becomes a post.
    has_no_posts: bool
    #: A sentence that says how to make posts of items.
    advice: str = ""

    def facts(self) -> dict[str, Any]:
        """The plan for the report file."""
        return {
            "folders": [
                {"folder": folder, "posts": posts, "pages": pages} for folder, posts, pages in self.groups
            ],
            "address_rule": self.rule,
            "sample_addresses": dict(self.samples),
            "settings_not_read": list(self.unsupported),
        }

    def sentences(self) -> Iterator[str]:
        """The plan for the console."""
        yield from (
            f"{folder}: {_counted(posts, 'post')}, {_counted(pages, 'page')}"
            for folder, posts, pages in self.groups[:SHOWN]
        )
        if len(self.groups) > SHOWN:
            yield f"… and {len(self.groups) - SHOWN} more folders; --report FILE.json lists all of them."
        if self.rule:
            yield f"Old addresses are made by {self.rule}:"
            yield from (f"  {source} was {path}" for source, path in self.samples)
        if self.unsupported:
            yield "Settings that matter here and were not read:"
            yield from (f"  {setting}" for setting in self.unsupported)

    def warning(self) -> str:
        """A warning; '' if there is nothing to warn of."""
        if not self.has_no_posts:
            return ""
        return (
            "NOTHING BECOMES A POST: every text counts as a page, so the home page and the feeds stay empty. "
            f"{self.advice}"
        )


def make_plan(source: Source, scan: ScanResult) -> ImportPlan:
    """Make the plan from the scan."""
    names = dict.fromkeys(group for group, _ in scan.groups)
    rows = [(name, scan.groups[name, ItemKind.POST], scan.groups[name, ItemKind.PAGE]) for name in names]
    return ImportPlan(
        groups=tuple(sorted(rows, key=lambda row: (-row[1] - row[2], row[0]))),
        rule=source.address_rule if scan.samples else "",
        samples=tuple(scan.samples),
        unsupported=tuple(dict.fromkeys(source.unsupported_settings())),
        has_no_posts=bool(scan.items) and not scan.posts,
        advice=source.no_posts_advice,
    )


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
