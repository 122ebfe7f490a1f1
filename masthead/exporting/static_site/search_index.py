"""The index of the search without a server: words in files by their first two letters, posts in files by their number.

`static/js/static-copy/search.js` reads it, and folds words in the same way. A post keeps its number, so that a new one changes
few files.
"""

import json
import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy.orm import Session

from masthead import clock
from masthead.exporting import queries
from masthead.exporting.credits import credited
from masthead.posts.models import Post

POSTS_PER_FILE: Final = 100
PREFIX_CHARACTERS: Final = 2
#: Longer words are cut.
WORD_CHARACTERS: Final = 40
TITLE, LABELS, BODY = 3, 2, 1
_TAG: Final = re.compile(r"<(?:[^>\"]|\"[^\"]*\")*>")
_WORD: Final = re.compile(r"[^\W_]+")
#: Scripts without spaces between words: two characters at a time are a word.
UNSPACED: Final = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7a3]+"
)
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
)


def folded(text: str) -> str:
    """A text without capitals, accents and ligatures."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).lower().translate(_LETTERS))
    return unicodedata.normalize(
        "NFC", "".join(one for one in decomposed if unicodedata.category(one) != "Mn")
    )


def words_of(text: str) -> Iterator[str]:
    """The words of a text, as the index has them."""
    for word in _split(folded(text)):
        if UNSPACED.search(word):
            yield from _pairs(word)
        else:
            yield word[:WORD_CHARACTERS]


def _split(text: str) -> list[str]:
    """The words as they are written. The vowel signs of Hindi, Bengali, Tamil and others are no letters, but parts of words."""
    marks = (
        ""
        if text.isascii()
        else "".join(one for one in set(text) if unicodedata.category(one).startswith("M"))
    )
    if not marks:
        return _WORD.findall(text)
    return re.findall(rf"(?:[^\W_]|[{''.join(sorted(marks))}])+", text)


def _pairs(word: str) -> Iterator[str]:
    for piece in re.split(rf"({UNSPACED.pattern})", word):
        if piece and UNSPACED.fullmatch(piece):
            yield from (piece[at : at + 2] for at in range(max(len(piece) - 1, 1)))
        elif piece:
            yield piece[:WORD_CHARACTERS]


def shard_of(word: str) -> str:
    """The name of the file that has a word: the code points of its first characters."""
    return "-".join(f"{ord(one):x}" for one in word[:PREFIX_CHARACTERS])


def files(session: Session) -> Iterator[tuple[str, str]]:
    """The files of the index below the search page, each with its content."""
    index: dict[str, array[int]] = defaultdict(lambda: array("Q"))
    shown: list[Any] = []
    group = -1
    for post in _published(session):
        if post.id // POSTS_PER_FILE != group:
            if shown:
                yield _posts_file(group, shown)
            group, shown = post.id // POSTS_PER_FILE, []
        shown.append(_shown(post))
        for word, weight in _weights(post).items():
            index[word].append(post.id * 4 + weight)
    if shown:
        yield _posts_file(group, shown)
    yield from _word_files(index)


def _published(session: Session) -> Iterator[Post]:
    now = clock.now()
    for batch in queries.post_batches(session):
        yield from (
            post for post in batch if post.is_published and post.published_at and post.published_at <= now
        )


def _shown(post: Post) -> list[Any]:
    """A result, without names for its parts, which would be half of the file."""
    names = ", ".join(user.display_name for user in credited(post))
    day = f"{post.published_at:%Y-%m-%d}" if post.published_at else ""
    return [post.id, post.title, f"blog/post/{quote(post.slug)}/", post.standfirst[:300], names, day]


def _weights(post: Post) -> dict[str, int]:
    """The words of a post, each with the most important place where it stands."""
    labels = " ".join(
        [post.summary, *(tag.name for tag in post.tags), *(user.display_name for user in credited(post))]
    )
    found = dict.fromkeys(words_of(_text(post.html)), BODY)
    found |= dict.fromkeys(words_of(labels), LABELS)
    return found | dict.fromkeys(words_of(post.title), TITLE)


def _text(html: str) -> str:
    return unescape(_TAG.sub(" ", html))


def _posts_file(group: int, shown: list[Any]) -> tuple[str, str]:
    return f"posts/{group}.json", json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def _word_files(index: dict[str, "array[int]"]) -> Iterator[tuple[str, str]]:
    shards: dict[str, list[str]] = defaultdict(list)
    for word in index:
        shards[shard_of(word)].append(word)
    for name, words in sorted(shards.items()):
        content = {word: _differences(index[word]) for word in sorted(words)}
        yield f"words/{name}.json", json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    yield "shards.json", json.dumps(sorted(shards), separators=(",", ":"))


def _differences(numbers: "array[int]") -> list[int]:
    """Each number as its distance from the one before, which is shorter."""
    return [number - before for before, number in zip([0, *numbers], numbers, strict=False)]
