"""Words and a picture for search results and cards, fitted to the fields of a post."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from masthead.content.rendering import SUMMARY_CHARACTERS, TITLE_CHARACTERS
from masthead.importing.items import ItemKind, NoteCollector
from masthead.text.excerpts import excerpt

#: The fields, with their greatest lengths.
CARD_LIMITS: Final[Mapping[str, int]] = {
    "meta_title": TITLE_CHARACTERS,
    "meta_description": SUMMARY_CHARACTERS,
    "card_title": TITLE_CHARACTERS,
    "card_description": SUMMARY_CHARACTERS,
    "card_image": 2_000,
}
NAMES: Final[Mapping[str, str]] = {
    "meta_title": "meta title",
    "meta_description": "meta description",
    "card_title": "title for social networks",
    "card_description": "description for social networks",
    "card_image": "picture for social networks",
}


@dataclass(frozen=True, slots=True)
class OldCard:
    """The card of a text on the old site. The picture has the old address; `translate` imports it."""

    words: tuple[tuple[str, str], ...] = ()
    picture: str = ""


def fitting_card(
    written: Iterable[tuple[str, str]], *, kind: ItemKind, title: str, notes: NoteCollector
) -> OldCard:
    """The card of fields and their values; the first value of a field counts, and another one is noted as lost.

    A title that the text has anyway is left out. Only posts have such fields.
    """
    found: dict[str, str] = {}
    for name, value in written:
        words = " ".join(value.split())
        if not words or (name.endswith("_title") and words == title) or found.get(name) == words:
            continue
        if kind is not ItemKind.POST:
            notes.lost(NAMES[name], f"only posts have one: {words[:500]}")
        elif name in found:
            notes.lost(NAMES[name], f"a post has one for all networks; left out: {words[:500]}")
        elif len(words) > CARD_LIMITS[name]:
            found[name] = excerpt(words, CARD_LIMITS[name])
            notes.changed(NAMES[name], f"cut, it was: {words}")
        else:
            found[name] = words
    picture = found.pop("card_image", "")
    return OldCard(tuple(found.items()), picture)
