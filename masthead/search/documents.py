"""The indexed tokens of a post, within the limits of both databases. Pure."""

from dataclasses import asdict, dataclass
from typing import Final

from masthead.search.tokens import unplaced

#: The searchable length of a text, from its beginning.
SEARCHED_CHARACTERS: Final = 200_000
#: PostgreSQL's index entries hold a megabyte; each token counts with its position.
INDEXED_BYTES: Final = 800_000


@dataclass(frozen=True, slots=True)
class Document:
    """The tokens of each part of a post, separated by spaces."""

    title: str
    summary: str
    body: str
    #: The names of the credited people.
    authors: str
    #: Aliases of words, in no order.
    forms: str

    def values(self) -> dict[str, str]:
        """Return the column values."""
        return asdict(self)


def document(*, title: str, summary: str, body: str, authors: str = "") -> Document:
    """Tokenise the parts of a post."""
    forms: dict[str, None] = {}
    room = INDEXED_BYTES
    parts: dict[str, str] = {}
    for name, text in (("title", title), ("authors", authors), ("summary", summary), ("body", body)):
        parts[name], room = _tokens(text[:SEARCHED_CHARACTERS], forms, room)
    return Document(**parts, forms=" ".join(forms))


def _tokens(text: str, forms: dict[str, None], room: int) -> tuple[str, int]:
    stems: list[str] = []
    for compound in unplaced(text):
        room -= compound.bytes
        if room < 0:
            # A text without spaces is a single compound, of which the beginning is indexed.
            fitting = max(0, len(compound.stems) * (room + compound.bytes) // compound.bytes)
            stems += compound.stems[:fitting]
            break
        stems += compound.stems
        if compound.forms:
            forms.update(dict.fromkeys(compound.forms))
    return " ".join(stems), room
