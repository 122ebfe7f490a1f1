"""Notes about elements that a text here cannot hold."""

from collections import Counter
from typing import Final

from masthead.importing.html.tree import Element
from masthead.importing.items import NoteCollector
from masthead.text.sanitise import DROPPED_WITH_CONTENT

_PLAYERS: Final = frozenset({"iframe", "audio", "video"})
_LOST: Final = (
    (DROPPED_WITH_CONTENT | {"form", "input", "select", "canvas", "object", "embed"})
    - _PLAYERS
    - {"noscript"}
)


def note_lost_elements(tree: Element, notes: NoteCollector) -> None:
    """Note the elements that are left out, and those that become links."""
    lost: Counter[str] = Counter()
    styles = 0
    for element in tree.elements():
        if element.name in _PLAYERS:
            notes.changed(element.name, f"a link to {element.get('src')[:300]} now")
        elif element.name in _LOST:
            lost[element.name] += 1
        styles += "style" in element.attributes
    for name, count in lost.items():
        notes.lost(f"<{name}>", "a post cannot hold this element", count=count)
    if styles:
        notes.lost("style attributes", "the theme of the publication decides the look", count=styles)
