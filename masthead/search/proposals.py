"""Proposes similar published words for a search without results."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from sqlalchemy import func, select

from masthead import pagecache
from masthead.db import db
from masthead.posts.cache_topics import POSTS
from masthead.posts.models import Post
from masthead.posts.queries import is_published_before
from masthead.search.folding import stemmed, word
from masthead.search.models import SearchDocument
from masthead.search.wording import Term

#: The newest titles and texts whose words are proposed: the cost of an answer must not grow with the archive.
TITLES: Final = 5_000
TEXTS: Final = 200
TEXT_CHARACTERS: Final = 20_000
SHORTEST: Final = 4
LONGEST: Final = 30
#: The length from which words may have two mistakes.
TWO_MISTAKES: Final = 7
_NEAREST: Final = 3


def proposals(typed: str, terms: tuple[Term, ...]) -> Iterator[str]:
    """Return the query with each unknown word replaced by a similar one, the likeliest first."""
    known = vocabulary()
    near = {term.typed: _near(word(term.typed), known) for term in terms if _is_replaceable(term, known)}
    for rank in range(_NEAREST):
        replaced = typed
        for written, words in near.items():
            if words:
                replaced = replaced.replace(written, words[min(rank, len(words) - 1)])
        if replaced != typed:
            yield replaced


def vocabulary() -> dict[str, int]:
    """Return the words of published titles, names and recent texts, with their frequency."""
    return pagecache.memoize("search vocabulary", _read)


def _read() -> dict[str, int]:
    pagecache.depends_on(POSTS)
    newest = (
        select(SearchDocument.title, SearchDocument.authors)
        .join(Post, Post.id == SearchDocument.post_id)
        .where(is_published_before())
        .order_by(Post.published_at.desc(), Post.id.desc())
    )
    beginning = [
        func.substr(part, 1, TEXT_CHARACTERS) for part in (SearchDocument.body, SearchDocument.forms)
    ]
    seen: Counter[str] = Counter()
    forms: set[str] = set()
    for title, authors, body, its_forms in db.session.execute(newest.add_columns(*beginning).limit(TEXTS)):
        seen.update(f"{title} {authors} {body} {its_forms}".split())
        forms.update(its_forms.split())
    for title, authors in db.session.execute(newest.offset(TEXTS).limit(TITLES)):
        seen.update(f"{title} {authors}".split())
    # A bare stem is no word to show.
    stems = {stemmed(form) for form in forms}
    return {
        token: count
        for token, count in seen.items()
        if SHORTEST <= len(token) <= LONGEST and token.isalpha() and token not in stems
    }


def _is_replaceable(term: Term, known: dict[str, int]) -> bool:
    typed = word(term.typed)
    return len(term.stems) == 1 and SHORTEST <= len(typed) <= LONGEST and typed not in known


def _near(typed: str, known: dict[str, int]) -> list[str]:
    """Return the nearest words, ordered by distance and frequency."""
    allowed = 2 if len(typed) >= TWO_MISTAKES else 1
    letters = _character_set(typed)
    found: list[tuple[int, int, str]] = []
    for candidate, count in known.items():
        # Each mistake changes at most two letters of the set, which leaves few words to compare.
        if abs(len(candidate) - len(typed)) > allowed:
            continue
        if (_character_set(candidate) ^ letters).bit_count() > 2 * allowed:
            continue
        mistakes = _mistakes(typed, candidate, allowed)
        if 0 < mistakes <= allowed:
            found.append((mistakes, -count, candidate))
    return [candidate for _, _, candidate in sorted(found)[:_NEAREST]]


def _character_set(text: str) -> int:
    bits = 0
    for letter in text:
        bits |= 1 << (ord(letter) & 63)
    return bits


def _mistakes(typed: str, word: str, allowed: int) -> int:
    """Return the edit distance with transpositions; a distance above the limit counts as limit plus one."""
    before: list[int] = []
    row = list(range(len(word) + 1))
    for i, letter in enumerate(typed, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(word, 1):
            least = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and typed[i - 2] == other:
                least = min(least, older[j - 2] + 1)
            row.append(least)
        if min(row) > allowed:
            return allowed + 1
    return row[-1]
