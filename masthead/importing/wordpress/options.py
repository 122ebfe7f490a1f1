"""The options of an import from WordPress."""

from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any

from masthead import clock
from masthead.importing.source import SourceOptions
from masthead.media import limits


@dataclass(frozen=True, slots=True)
class WordPressOptions(SourceOptions):
    """The options that only WordPress has."""

    #: The folder with the old site's `uploads`.
    media: Path | None = None
    dry_run: bool = False
    #: The media types that the library accepts.
    accepted: frozenset[str] = frozenset()


def build_options(
    zone: tzinfo | None = None, *, dry_run: bool, media: Path | None = None, **common: Any
) -> WordPressOptions:
    """The options of an import now, with the media types that the settings accept."""
    accepted = limits.current().media_types
    return WordPressOptions(clock.now(), zone, media=media, dry_run=dry_run, accepted=accepted, **common)
