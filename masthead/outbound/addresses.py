"""The public IP addresses, and the form of URLs that may be fetched. Pure.

The lists are those of IANA's special-purpose registries (RFC 6890). Python's own `is_global` has changed between
versions, and a guard must not.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address

PORTS = {"http": 80, "https": 443}
ADDRESS_CHARACTERS = 2_000
_CLOSED_V4 = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
#: The allocated part of IPv6. Mapped, translated (NAT64) and local addresses are outside of it.
_OPEN_V6 = ip_network("2000::/3")
#: Exceptions within it: Teredo and protocol assignments, documentation, 6to4, all of which may carry an IPv4 address.
_CLOSED_V6 = tuple(
    map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"))
)


def is_public(address: Address) -> bool:
    """Tell if this is a public address, neither of this machine nor of a network behind it."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    return address in _OPEN_V6 and not any(address in network for network in _CLOSED_V6)


@dataclass(frozen=True, slots=True)
class ResolvedTarget:
    """A URL that is valid in form, with a host that is not resolved yet."""

    scheme: str
    #: As sent in the Host header and checked in the certificate: lower-case ASCII.
    host: str
    port: int
    #: Path and query string.
    path: str

    @property
    def url(self) -> str:
        """The normalised URL."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        place = shown if self.port == PORTS[self.scheme] else f"{shown}:{self.port}"
        return f"{self.scheme}://{place}{self.path}"


def parse(url: str) -> ResolvedTarget | None:
    """Parse a URL; None for a form that nobody needs and attackers use."""
    if (
        len(url) > ADDRESS_CHARACTERS
        or not url.isprintable()
        or any(letter in url for letter in '\\ "<>^`{|}')
    ):
        return None
    try:
        parts = urlsplit(url)
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        return None
    # A user name or a percent sign in the host makes two parsers see two hosts.
    if parts.scheme not in PORTS or not host or "@" in parts.netloc or "%" in parts.netloc:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return ResolvedTarget(parts.scheme, host, port or PORTS[parts.scheme], path) if path.isascii() else None


def _ascii(host: str) -> str:
    """Convert the host to its ASCII form (IDNA); raises `ValueError` (`UnicodeError` is one)."""
    return host.lower() if host.isascii() else host.encode("idna").decode("ascii").lower()
