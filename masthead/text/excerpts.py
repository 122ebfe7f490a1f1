"""Excerpts and reading times of texts."""

from typing import Final

from masthead.text.plain import text_of

EXCERPT_CHARACTERS: Final = 280

#: Silent reading of English non-fiction, the mean of 190 studies with 18,573 readers: 238 words a minute.
#: Marc Brysbaert, "How many words do we read per minute?", Journal of Memory and Language 109 (2019).
WORDS_PER_MINUTE: Final = 238

_ELLIPSIS: Final = "…"


def excerpt(plain: str, characters: int = EXCERPT_CHARACTERS) -> str:
    """Return the beginning of a text on one line, cut after a whole word and never longer than asked for."""
    # Four times the length leaves room for runs of white space; the rest of a long text is not needed.
    line = " ".join(plain[: characters * 4].split())
    if len(line) <= characters and len(plain) <= characters * 4:
        return line
    room = line[: max(characters - len(_ELLIPSIS), 0)]
    if line[len(room) : len(room) + 1].strip():
        whole, space, _ = room.rpartition(" ")
        # A single word, or Chinese and Japanese, has no space to cut at.
        room = whole if space and len(whole) * 2 >= len(room) else room
    return (room.rstrip(" ,;:.–—-") + _ELLIPSIS)[:characters]


def beginning(clean_html: str, characters: int) -> str:
    """Return the first words of HTML that may be too long to parse as a whole."""
    # Cut before a tag that may be incomplete.
    piece = clean_html[: 20 * characters].rpartition("<")[0] or clean_html[:characters]
    return excerpt(text_of(piece), characters)


def reading_minutes(words: int) -> int:
    """Return whole minutes, at least one."""
    return max(1, round(words / WORDS_PER_MINUTE))
