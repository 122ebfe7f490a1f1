"""Plans the slug of each item before anything is stored, so that links between items can be rewritten."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from masthead.importing.items import ItemKind, ScannedItem
from masthead.posts.manuscript import SLUG_CHARACTERS

#: How many numbered slugs are looked up at once.
_NUMBERS: Final = 50


class EarlierItem(Protocol):
    """The slugs that an earlier import has planned."""

    wanted_slug: str
    slug: str


TakenSlugs = Callable[[ItemKind, Iterable[str]], set[str]]


def planned_slugs(
    entries: Iterable[ScannedItem], known: Mapping[str, EarlierItem], taken: TakenSlugs
) -> dict[str, str]:
    """The slug of each item: its slug of an earlier import, the slug that it wants, or a similar free one."""
    slugs: dict[str, str] = {}
    given: dict[ItemKind, set[str]] = {kind: set() for kind in ItemKind}
    waiting: list[ScannedItem] = []
    for entry in entries:
        before = known.get(entry.source)
        if before is not None and before.wanted_slug == entry.slug:
            slugs[entry.source] = before.slug
            given[entry.kind].add(before.slug)
        else:
            waiting.append(entry)
    for kind in ItemKind:
        wanted = [entry.slug for entry in waiting if entry.kind is kind]
        given[kind] |= taken(kind, wanted)
    # Texts in the default language get the plain slug, whatever the order of the files.
    for entry in sorted(waiting, key=lambda entry: entry.is_translation):
        slug = _free(entry, given[entry.kind], taken)
        slugs[entry.source] = slug
        given[entry.kind].add(slug)
    return slugs


def _free(entry: ScannedItem, given: set[str], taken: TakenSlugs) -> str:
    if entry.slug not in given:
        return entry.slug
    stem = entry.slug[: SLUG_CHARACTERS - 12].rstrip("-")
    if entry.language:
        # For a translation, the language says more than a number.
        candidate = f"{stem}-{entry.language.lower()}"
        if candidate not in given and not taken(entry.kind, [candidate]):
            return candidate
    number = 2
    while True:
        candidates = [f"{stem}-{tried}" for tried in range(number, number + _NUMBERS)]
        used = taken(entry.kind, candidates) | given
        for candidate in candidates:
            if candidate not in used:
                return candidate
        number += _NUMBERS
