"""Reads items for all site generators, by the rules that each of them has."""

from dataclasses import replace
from fnmatch import fnmatchcase

from masthead.importing.items import Item, ItemKind, NoteCollector, SkippedItem
from masthead.importing.markdown import item_builder
from masthead.importing.markdown.dialect import GeneratorRules, PathInfo
from masthead.importing.markdown.publication_status import PUBLISHED_FIELDS
from masthead.importing.reading import front_matter
from masthead.importing.reading.decoding import decode
from masthead.importing.reading.fields import FrontMatterFields
from masthead.importing.reading.plain_text import printable
from masthead.importing.urls import permalinks


class Generator(GeneratorRules):
    """A site generator. Its rules give the facts, and `item_builder` makes the item."""

    def item(self, path: str, content: bytes) -> Item | SkippedItem:
        """Read an item from the content of a file; raises `Unreadable`."""
        decoded = decode(content)
        document = front_matter.split(decoded.text, headers=self.has_header_lines)
        fields = document.fields(defaults=self.defaults(path))
        if path.rpartition("/")[2].rpartition(".")[0] == "404":
            return SkippedItem(printable(path), "It was the site's 404 page.")
        info = self.path_info(path, document, fields)
        if isinstance(info, SkippedItem):
            return replace(info, source=printable(path))
        info = self._completed(info, path, fields)
        notebook = NoteCollector()
        if decoded.dropped:
            notebook.changed("NUL characters", "left out", count=decoded.dropped)
        for name, line in document.repeated:
            notebook.changed(
                "repeated front matter", f"`{name}` occurs twice; the last value is used", line=line
            )
        return item_builder.build_item(self, path, info, document, fields, notebook)

    def _completed(self, info: PathInfo, path: str, fields: FrontMatterFields) -> PathInfo:
        """Complete the path's facts: a date in the address or in folders, and the kind by --posts and --pages."""
        if not info.date and fields.value(*PUBLISHED_FIELDS) is None:
            found = permalinks.find_date(fields.text("path", "permalink", "url")) or permalinks.find_date(
                path
            )
            if found:
                kind = info.kind if info.is_index else ItemKind.POST
                info = replace(info, date=found, kind=kind)
        for kind, patterns in ((ItemKind.POST, self.options.posts), (ItemKind.PAGE, self.options.pages)):
            if any(fnmatchcase(path, pattern.replace("**/", "*")) for pattern in patterns):
                info = replace(info, kind=kind)
        return info
