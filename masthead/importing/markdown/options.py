"""The options of an import from a folder."""

from dataclasses import dataclass

from masthead.importing.source import SourceOptions


@dataclass(frozen=True, slots=True)
class FolderOptions(SourceOptions):
    """Options that only a folder of files has."""

    #: Glob patterns of paths whose texts become posts, or pages, whatever else the file says.
    posts: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
