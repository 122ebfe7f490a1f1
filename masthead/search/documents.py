"""What the index holds of a post: the tokens of its parts, within bounds that both databases have. Pure."""

from dataclasses import asdict, dataclass
from typing import Final

from masthead.search.tokens import unplaced

#: Of longer texts the beginning is searched.
SEARCHED_CHARACTERS: Final = 200_000
#: PostgreSQL's index entries hold a megabyte; each token is counted with its place.
INDEXED_BYTES: Final = 800_000


@dataclass(frozen=True, slots=True)
class Document:
    """The tokens of each part, with spaces between them."""

    title: str
    summary: str
    body: str
    #: Those who are credited.
    authors: str
    #: Aliases of words, in no order.
    forms: str

    def values(self) -> dict[str, str]:
        """The columns."""
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
            # A text without spaces is a single compound, of which the beginning is searched.
            fitting = max(0, len(compound.stems) * (room + compound.bytes) // compound.bytes)
            stems += compound.stems[:fitting]
            break
        stems += compound.stems
        if compound.forms:
            forms.update(dict.fromkeys(compound.forms))
    return " ".join(stems), room
