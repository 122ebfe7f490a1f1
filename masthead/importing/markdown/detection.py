"""Detects the dialect of a folder by the generator's settings, or else by the look of its texts."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath
from typing import Final

from masthead.importing.errors import Unreadable
from masthead.importing.markdown.dialect import DATED_NAME, Dialect
from masthead.importing.markdown.dialects.eleventy import Eleventy
from masthead.importing.markdown.dialects.hugo import Hugo
from masthead.importing.markdown.dialects.jekyll import Jekyll
from masthead.importing.markdown.dialects.masthead import Masthead
from masthead.importing.markdown.dialects.pelican import Pelican
from masthead.importing.markdown.dialects.plain import Plain
from masthead.importing.markdown.dialects.zola import Zola
from masthead.importing.markdown.folder import FolderFile, SourceFolder
from masthead.importing.markdown.site_settings import HTML_EXTENSIONS, MARKDOWN_EXTENSIONS
from masthead.importing.reading import front_matter
from masthead.importing.reading.decoding import decode
from masthead.importing.reading.front_matter import Notation, SourceDocument

DIALECTS: Final[dict[str, type[Dialect]]] = {
    "masthead": Masthead,
    "jekyll": Jekyll,
    "eleventy": Eleventy,
    "zola": Zola,
    "hugo": Hugo,
    "pelican": Pelican,
    "plain": Plain,
}
SAMPLE: Final = 100
_ELEVENTY: Final = re.compile(r"\{\{[^{}]{1,300}\|\s*url\s*\}\}|\{%\s*(?:set|renderTemplate|image)\s")
_LIQUID: Final = re.compile(r"\{%-?\s*\w+|\{\{\s*(?:site|page)\.")
_SHORTCODE: Final = re.compile(r"\{\{[<%]\s*/?\w")
_ZOLA: Final = re.compile(r"\]\(@/|\{\{\s*\w+\(")


def detect_dialect(folder: SourceFolder) -> type[Dialect]:
    """Detect the dialect of a folder."""
    for dialect in DIALECTS.values():
        if dialect.settings_files and dialect.matches_folder(folder):
            return dialect
    return _by_texts(folder)


def _by_texts(folder: SourceFolder) -> type[Dialect]:
    votes: Counter[type[Dialect]] = Counter()
    for path in islice(_texts(folder), SAMPLE):
        try:
            text = decode(folder.read(path)).text
            document = front_matter.split(text)
        except Unreadable:
            continue
        vote = _vote(path, document)
        if vote is not None:
            votes[vote] += 1
    if votes[Jekyll] and votes[Eleventy]:
        # Both have dated files with Liquid; only Eleventy has the `url` filter.
        return Eleventy
    return votes.most_common(1)[0][0] if votes else Plain


def _texts(folder: SourceFolder) -> Iterator[str]:
    for found in folder.walk(lambda path: not path.rpartition("/")[2].startswith((".", "node_modules"))):
        if (
            isinstance(found, FolderFile)
            and PurePosixPath(found.path).suffix.lower() in MARKDOWN_EXTENSIONS | HTML_EXTENSIONS
        ):
            yield found.path


def _vote(path: str, document: SourceDocument) -> type[Dialect] | None:
    name = path.rpartition("/")[2]
    match document.notation:
        case Notation.TOML:
            names = {key.lower() for key in document.values}
            return (
                Zola
                if names & {"taxonomies", "extra", "in_search_index"} or _ZOLA.search(document.body)
                else Hugo
            )
        case Notation.JSON:
            return Hugo
        case Notation.HEADERS:
            return Pelican
        case Notation.NONE:
            return None
    if _SHORTCODE.search(document.body) or name.startswith("_index."):
        return Hugo
    if _ELEVENTY.search(document.body):
        return Eleventy
    if DATED_NAME.fullmatch(name.rpartition(".")[0]) or _LIQUID.search(document.body):
        return Jekyll
    return Plain
