"""Rewrites the addresses in a tree of elements."""

from typing import Protocol

from masthead.importing.html.tree import Element


class AddressFinder(Protocol):
    """Finds new addresses."""

    def address(self, written: str, *, is_picture: bool = False) -> str:
        """The new form of an address."""


def rewrite(tree: Element, addresses: AddressFinder) -> None:
    """Give every link and picture its new address."""
    for element in tree.elements():
        if element.name == "img" and _is_placeholder(element.get("src")):
            # A script of the old site loaded the picture later.
            lazy = element.get("data-src") or element.get("data-lazy-src") or element.get("data-orig-file")
            element.attributes["src"] = lazy or element.get("src")
        for name in ("href", "src"):
            written = element.get(name)
            if written:
                is_picture = name == "src" and element.name == "img"
                element.attributes[name] = addresses.address(written, is_picture=is_picture)


def _is_placeholder(source: str) -> bool:
    return not source or source.startswith("data:")
