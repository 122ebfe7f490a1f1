"""The options of an import from WordPress."""

from dataclasses import dataclass
from pathlib import Path

from masthead.importing.source import SourceOptions


@dataclass(frozen=True, slots=True)
class WordPressOptions(SourceOptions):
    """The options that only WordPress has."""

    #: The folder with the old site's `uploads`.
    media: Path | None = None
    dry_run: bool = False
    #: The media types that the library accepts.
    accepted: frozenset[str] = frozenset()
