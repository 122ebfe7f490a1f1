"""Plans the slug of each item before anything is stored, so that links between items can be rewritten."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, Protocol

from masthead.content.rendering import SLUG_CHARACTERS
from masthead.importing.items import ItemKind, ScannedItem

#: How many numbered slugs are looked up at once.
_NUMBERS: Final = 50


class EarlierItem(Protocol):
    """The slugs that an earlier import has planned."""

    wanted_slug: str
    slug: str


TakenSlugs = Callable[[ItemKind, Iterable[str]], set[str]]


def plan_slugs(
    items: Iterable[ScannedItem], known: Mapping[str, EarlierItem], taken: TakenSlugs
) -> dict[str, str]:
    """The slug of each item: its slug of an earlier import, the slug that it wants, or a similar free one."""
    slugs: dict[str, str] = {}
    given: dict[ItemKind, set[str]] = {kind: set() for kind in ItemKind}
    waiting: list[ScannedItem] = []
    for item in items:
        before = known.get(item.source)
        if before is not None and before.wanted_slug == item.slug:
            slugs[item.source] = before.slug
            given[item.kind].add(before.slug)
        else:
            waiting.append(item)
    for kind in ItemKind:
        wanted = [item.slug for item in waiting if item.kind is kind]
        given[kind] |= taken(kind, wanted)
    # Texts in the default language get the plain slug, whatever the order of the files.
    for item in sorted(waiting, key=lambda item: item.is_translation):
        slug = _free(item, given[item.kind], taken)
        slugs[item.source] = slug
        given[item.kind].add(slug)
    return slugs


def _free(item: ScannedItem, given: set[str], taken: TakenSlugs) -> str:
    if item.slug not in given:
        return item.slug
    stem = item.slug[: SLUG_CHARACTERS - 12].rstrip("-")
    if item.language:
        # For a translation, the language says more than a number.
        candidate = f"{stem}-{item.language.lower()}"
        if candidate not in given and not taken(item.kind, [candidate]):
            return candidate
    number = 2
    while True:
        candidates = [f"{stem}-{tried}" for tried in range(number, number + _NUMBERS)]
        used = taken(item.kind, candidates) | given
        for candidate in candidates:
            if candidate not in used:
                return candidate
        number += _NUMBERS
