"""Host names of requests, and the list of trusted ones. Pure."""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final

#: The syntax of a Host header (RFC 9110, section 7.2): a name or an address, with an optional port.
_HOST: Final = re.compile(r"([a-z0-9_.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(?::([1-9][0-9]{0,4}))?", re.ASCII)
GREATEST_PORT: Final = 65_535


def is_trusted(host: str, trusted: Iterable[str]) -> bool:
    """Return whether a request may carry this host; names ignore case, and addresses compare by value."""
    found = _HOST.fullmatch(host.lower())
    if found is None or int(found[2] or 1) > GREATEST_PORT:
        return False
    name = _canonical(found[1])
    return any(_matches(name, entry.lower()) for entry in trusted)


def _matches(name: str, entry: str) -> bool:
    if entry.startswith("."):
        return name == entry[1:] or name.endswith(entry)
    return name == _canonical(_without_port(entry))


def _without_port(entry: str) -> str:
    """Return the name in an entry of TRUSTED_HOSTS, which may have a port and brackets, or be a listen address."""
    if entry.startswith("["):
        return entry.partition("]")[0] + "]"
    return entry if entry.count(":") > 1 else entry.partition(":")[0]


def _canonical(name: str) -> str:
    try:
        return str(ip_address(name.strip("[]")))
    except ValueError:
        pass
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return name
