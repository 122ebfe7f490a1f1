"""The summary of an import for the report file and the console."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from masthead.importing.errors import Unreadable
from masthead.importing.reading.plain_text import printable
from masthead.importing.reporting.plan import ImportPlan

#: The number of pictures of other sites on the console; the report file has all of them.
NAMED: Final = 5


@dataclass(slots=True)
class ImportSummary:
    """Facts about the whole import."""

    folder: str
    dialect: str
    source: str
    dry_run: bool
    #: Items of an earlier import that are no longer in the source.
    gone: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    others: int = 0
    #: The number of authors and tags that the source describes.
    authors: int = 0
    topics: int = 0
    fetch_images: bool = False
    #: The addresses of other sites' pictures in imported texts, in order.
    external_pictures: dict[str, None] = field(default_factory=dict)
    stored: int = 0
    peak_memory: int = 0
    plan: ImportPlan | None = None

    def facts(self, seconds: float) -> dict[str, Any]:
        """The summary for the report file."""
        return {
            "folder": self.folder,
            "dialect": self.dialect,
            "source": self.source,
            "dry_run": self.dry_run,
            "no_longer_in_the_folder": self.gone,
            "problems": self.problems,
            "plan": self.plan.facts() if self.plan else {},
            "pictures_of_other_sites": list(self.external_pictures),
            "described": {"authors": self.authors, "tags": self.topics},
            "other_files": self.others,
            "seconds": round(seconds, 3),
            "posts_per_second": round(self.stored / seconds, 1) if seconds else None,
            "peak_memory_mb": round(self.peak_memory / 1_000_000),
        }

    def _pictures(self) -> str:
        """A sentence about pictures of other sites, with the first addresses."""
        addresses = list(self.external_pictures)
        named = ", ".join(printable(address[:200]) for address in addresses[:NAMED])
        more = f" and {len(addresses) - NAMED} more" if len(addresses) > NAMED else ""
        fate = (
            "jobs copy them here, one text after the other"
            if self.fetch_images
            else "they stay there, and readers see links; --fetch-images copies them"
        )
        return f"Pictures of other sites: {len(addresses)}; {fate}: {named}{more}."

    def sentences(self, seconds: float) -> Iterator[str]:
        """The summary for the console."""
        yield from self.problems
        if self.authors or self.topics:
            counts = ((self.authors, "author"), (self.topics, "tag"))
            named = " and ".join(
                f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts if count
            )
            yield f"Described by files of the old site: {named}; what was edited here stays."
        if self.external_pictures:
            yield self._pictures()
        if self.others:
            yield f"{self.others} other files, such as pictures and parts of the theme, were left where they are."
        if self.gone:
            yield f"{len(self.gone)} texts of earlier imports are no longer in the source; they stay here."
        verb = "Looked at" if self.dry_run else "Imported"
        rate = f"{self.stored / seconds:.0f}" if seconds else "-"
        yield (
            f"{verb} {self.folder} ({self.dialect}) in {seconds:.1f} s: {rate} posts/s, "
            f"peak memory {self.peak_memory / 1_000_000:.0f} MB in a process."
        )
        if self.dry_run:
            yield "This was a dry run: nothing was written."


def unreadable_file(name: str, error: Unreadable) -> str:
    """The sentence about a file of settings or data that could not be read."""
    line = f", line {error.line}" if error.line else ""
    return f"{printable(name)}{line} could not be read and counts as empty: {error.message}"
