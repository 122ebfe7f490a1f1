"""Makes the main menu of the old site the navigation, while that is still the one of the set-up."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from masthead.errors import Invalid
from masthead.importing.items import MenuEntry
from masthead.importing.scan import ScanResult
from masthead.settings import actions as settings
from masthead.settings import navigation
from masthead.settings.publication import NavLink
from masthead.settings.queries import publication


def set_navigation(
    entries: Iterable[MenuEntry], found: ScanResult, old_hosts: Iterable[str], *, writes: bool
) -> list[str]:
    """Store the menu; returns sentences about what is not in the navigation."""
    problems: list[str] = []
    links = list(_links(entries, found, frozenset(old_hosts), problems))
    present = publication().navigation
    if not links or links == list(present):
        return problems
    if present and present != navigation.STARTER:
        named = ", ".join(f"{link.label} ({link.path})" for link in links)
        return [*problems, f"The navigation here stays as it is. The old site's menu was: {named[:2_000]}."]
    if writes:
        settings.change(navigation=[asdict(link) for link in links])
    return problems


def _links(
    entries: Iterable[MenuEntry], found: ScanResult, old_hosts: frozenset[str], problems: list[str]
) -> Iterator[NavLink]:
    taken: set[tuple[str, str]] = set()
    for entry in entries:
        address = _address(entry, found, old_hosts)
        label = entry.label[: navigation.LABEL_CHARACTERS].replace("|", "/").strip()
        if len(taken) >= navigation.LINKS_LIMIT:
            problems.append(
                f"The menu entry {entry.label[:100]} is left out: the navigation has its most links."
            )
            continue
        try:
            (link,) = navigation.parse(f"{label} | {address}")
        except (Invalid, ValueError):
            problems.append(
                f"The menu entry {entry.label[:100]} is left out: it leads to nothing that was imported."
            )
            continue
        if (link.label, link.path) not in taken:
            taken.add((link.label, link.path))
            yield link


def _address(entry: MenuEntry, found: ScanResult, old_hosts: frozenset[str]) -> str:
    if entry.item:
        return found.addresses.urls.get(entry.item, "")
    address = entry.address
    for host in old_hosts:
        for scheme in ("https", "http"):
            if address.startswith(f"{scheme}://{host}"):
                address = address.removeprefix(f"{scheme}://{host}") or "/"
    if not address.startswith("/"):
        return address
    return found.addresses.url_of_path(address) or address
