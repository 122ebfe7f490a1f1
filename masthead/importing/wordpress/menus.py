"""The menus of WordPress."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from masthead.importing.html.tree import parse
from masthead.importing.items import MenuEntry
from masthead.importing.wordpress.head import SiteHead
from masthead.importing.wordpress.spool import Spool

#: The names that sites give to their main menu, the likeliest first.
_MAIN: Final = tuple(map(re.compile, ("primary|main", "header|top|nav", "menu")))


def main_menu(head: SiteHead, spool: Spool) -> tuple[list[MenuEntry], list[str]]:
    """The entries of the main menu, and a sentence for each other one."""
    menus: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for data in spool.of_type("nav_menu_item"):
        if data["status"] in {"publish", ""}:
            for domain, slug, name in data["terms"]:
                if domain == "nav_menu":
                    menus[slug or name].append(data)
    if not menus:
        return [], []
    chosen = min(menus, key=lambda slug: (_rank(slug), -len(menus[slug])))
    others = [_named(slug, menus[slug], head, spool) for slug in menus if slug != chosen]
    return list(_entries(menus[chosen], head, spool)), others


def _rank(slug: str) -> int:
    return next((rank for rank, pattern in enumerate(_MAIN) if pattern.search(slug.lower())), len(_MAIN))


def _named(slug: str, items: list[dict[str, Any]], head: SiteHead, spool: Spool) -> str:
    term = head.term("nav_menu", slug)
    labels = ", ".join(entry.label for entry in _entries(items, head, spool))
    return f"The menu “{term.name if term else slug}” is not in the navigation: {labels[:500]}."


def _entries(items: list[dict[str, Any]], head: SiteHead, spool: Spool) -> Iterator[MenuEntry]:
    for data in sorted(items, key=lambda one: int(one["order"]) if one["order"].isdecimal() else 0):
        meta = dict(data["meta"])
        kind, name = meta.get("_menu_item_type", ""), meta.get("_menu_item_object", "")
        number = meta.get("_menu_item_object_id", "")
        label = " ".join(parse(data["title"]).text().split())
        if kind == "post_type":
            target = spool.by_post_id(number)
            label = label or (" ".join(parse(target["title"]).text().split()) if target else "")
            if target and label:
                yield MenuEntry(label, item=f"{target['type']}/{target['id']}")
        elif kind == "taxonomy":
            term = next(
                (one for one in head.terms.values() if one.taxonomy == name and one.name == label), None
            )
            if term is not None:
                page = "category" if name == "category" else "tag"
                yield MenuEntry(label, address=f"/{page}/{head.path_of(term)}")
        elif label and meta.get("_menu_item_url", "#") not in {"#", ""}:
            # An entry without an address only heads its submenu.
            yield MenuEntry(label, address=meta["_menu_item_url"])
