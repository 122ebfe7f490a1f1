"""The index of the folder's files, for links and template tags that name a file instead of an address."""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from masthead.importing.markdown.dialect import without_extension
from masthead.importing.markdown.site_settings import HTML_EXTENSIONS, MARKDOWN_EXTENSIONS

_EXTENSIONS: Final = tuple(MARKDOWN_EXTENSIONS | HTML_EXTENSIONS)


@dataclass(slots=True)
class FileIndex:
    """Finds items by the path or the name of their file."""

    _by_file: dict[str, str] = field(default_factory=dict)
    _by_folded_file: dict[str, str] | None = None
    _by_name: dict[str, str] = field(default_factory=dict)
    #: Folders that hold texts, as paths from the top of the folder and from below the content folder.
    _sections: set[str] = field(default_factory=set)

    def add(self, path: str, source: str) -> None:
        """Add the file of an item."""
        file = without_extension(path)
        self._by_file[path] = source
        self._by_file.setdefault(file, source)
        for name in ("index", "_index"):
            if file == name or file.endswith(f"/{name}"):
                self._by_file.setdefault(file.removesuffix(name).rstrip("/"), source)
        parts = path.split("/")[:-1]
        for start in (0, 1):
            self._sections.update("/".join(parts[start:end]) for end in range(start + 1, len(parts) + 1))
        # A bundle or a section has the name of its folder.
        name = file.removesuffix("/index").removesuffix("/_index").rpartition("/")[2]
        self._by_name.setdefault(name, source)

    def find(self, name: str, *, beside: str = "", roots: Iterable[str] = ("",)) -> str | None:
        """The item of a file that is named relative to another file or to one of these roots."""
        name = unquote(name).strip()
        if not name:
            return None
        near = posixpath.normpath(posixpath.join(posixpath.dirname(beside), name.lstrip("/")))
        candidates = [] if name.startswith("/") else [near]
        candidates += [posixpath.normpath(posixpath.join(root, name.lstrip("/"))) for root in roots]
        for candidate in candidates:
            for spelled in (candidate, _without_text_extension(candidate)):
                source = self._by_file.get(spelled)
                if source is not None:
                    return source
        # Hugo ignores case in names of files, and so do some file systems.
        if self._by_folded_file is None:
            self._by_folded_file = {file.casefold(): source for file, source in self._by_file.items()}
        folded = (self._by_folded_file.get(candidate.casefold()) for candidate in candidates)
        return next((source for source in folded if source is not None), None)

    def is_section(self, name: str) -> bool:
        """Check if a name means a folder that holds texts, by itself or by its index file."""
        folder = re.sub(r"/?_index(?:\.\w+)*$", "", unquote(name).strip()).strip("/")
        return bool(folder) and folder in self._sections

    def find_by_name(self, name: str) -> str | None:
        """The item whose file has this name, in whatever folder (`{% post_url %}`, `ref`)."""
        file = re.sub(r"/_?index$", "", _without_text_extension(name.strip("/")))
        return self._by_name.get(file.rpartition("/")[2])


def _without_text_extension(path: str) -> str:
    for extension in _EXTENSIONS:
        if path.endswith(extension):
            return path[: -len(extension)]
    return path
