"""Plans the slug of each item before anything is stored, so that links between items can be rewritten."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Final, Protocol

from masthead.content.rendering import SLUG_CHARACTERS
from masthead.importing.items import ItemKind, ScannedItem
from masthead.importing.temporary import TemporaryMapping

#: How many numbered slugs are looked up at once.
_NUMBERS: Final = 50
#: The items whose slugs are looked up at once.
_CHUNK: Final = 500


class EarlierItem(Protocol):
    """The slugs that an earlier import has planned."""

    wanted_slug: str
    slug: str


TakenSlugs = Callable[[ItemKind, Iterable[str]], set[str]]


def plan_slugs(
    items: Iterable[ScannedItem], known: Mapping[str, EarlierItem], taken: TakenSlugs
) -> Mapping[str, str]:
    """The slug of each item: its slug of an earlier import, the slug that it wants, or a similar free one.

    ``items`` are read several times. The result lies in a temporary file.
    """
    slugs = TemporaryMapping()
    given = GivenSlugs(taken)
    for item in items:
        before = known.get(item.source)
        if before is not None and before.wanted_slug == item.slug:
            slugs[item.source] = before.slug
            given.add(item.kind, before.slug)
    # Texts in the default language get the plain slug, whatever the order of the files.
    for is_translation in (False, True):
        waiting = (one for one in items if one.is_translation is is_translation and one.source not in slugs)
        while chunk := list(islice(waiting, _CHUNK)):
            given.look_up(chunk)
            for item in chunk:
                slug = _free(item, given)
                slugs[item.source] = slug
                given.add(item.kind, slug)
    return slugs


class GivenSlugs:
    """The slugs that are in use: of texts that are here, and of items of this import."""

    def __init__(self, taken: TakenSlugs) -> None:
        self._taken = taken
        self._given = TemporaryMapping()
        #: The slugs of a chunk of items that are taken here.
        self._here: set[tuple[ItemKind, str]] = set()

    def add(self, kind: ItemKind, slug: str) -> None:
        """Give a slug to an item."""
        self._given[f"{kind.value}/{slug}"] = True

    def look_up(self, items: Iterable[ScannedItem]) -> None:
        """Look up the slugs that these items want, all at once."""
        wanted: dict[ItemKind, list[str]] = {}
        for item in items:
            wanted.setdefault(item.kind, []).append(item.slug)
        self._here = {(kind, slug) for kind, slugs in wanted.items() for slug in self._taken(kind, slugs)}

    def has(self, item: ScannedItem) -> bool:
        """Check if the slug that an item of the chunk wants is in use."""
        return (item.kind, item.slug) in self._here or f"{item.kind.value}/{item.slug}" in self._given

    def first_free(self, kind: ItemKind, candidates: Iterable[str]) -> str | None:
        """The first of some slugs that is not in use."""
        wanted = list(candidates)
        here = self._taken(kind, wanted)
        return next(
            (one for one in wanted if one not in here and f"{kind.value}/{one}" not in self._given), None
        )


def _free(item: ScannedItem, given: GivenSlugs) -> str:
    if not given.has(item):
        return item.slug
    stem = item.slug[: SLUG_CHARACTERS - 12].rstrip("-")
    # For a translation, the language says more than a number.
    by_language = [f"{stem}-{item.language.lower()}"] if item.language else []
    found = given.first_free(item.kind, by_language)
    number = 2
    while found is None:
        found = given.first_free(item.kind, (f"{stem}-{tried}" for tried in range(number, number + _NUMBERS)))
        number += _NUMBERS
    return found
