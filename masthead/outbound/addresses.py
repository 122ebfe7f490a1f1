"""Which addresses of the internet may be asked: those that belong to nobody's inside. Pure.

The lists are those of IANA's special-purpose registries (RFC 6890). Python's own `is_global` has changed between
versions, and a guard should not.
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
#: Only this part of IPv6 is given out. Mapped, translated (NAT64) and local addresses are outside of it.
_OPEN_V6 = ip_network("2000::/3")
#: Inside of it: Teredo and protocols, documentation, 6to4, which all may carry an address of IPv4.
_CLOSED_V6 = tuple(
    map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"))
)


def is_public(address: Address) -> bool:
    """Whether this is an address of the internet, and neither of this machine nor of a network behind it."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    return address in _OPEN_V6 and not any(address in network for network in _CLOSED_V6)


@dataclass(frozen=True, slots=True)
class ResolvedTarget:
    """An address that may be looked up: checked in form, not yet in place."""

    scheme: str
    #: As it goes into the Host header and the certificate: lower-case ASCII.
    host: str
    port: int
    #: Path and query.
    path: str

    @property
    def url(self) -> str:
        """The address in its one form."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        place = shown if self.port == PORTS[self.scheme] else f"{shown}:{self.port}"
        return f"{self.scheme}://{place}{self.path}"


def parse(url: str) -> ResolvedTarget | None:
    """Take an address apart; None for what no sensible person would want to have fetched."""
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
    # A user name or a percent sign in the host is somebody's attempt to make two readers see two hosts.
    if parts.scheme not in PORTS or not host or "@" in parts.netloc or "%" in parts.netloc:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return ResolvedTarget(parts.scheme, host, port or PORTS[parts.scheme], path) if path.isascii() else None


def _ascii(host: str) -> str:
    """The host as the domain name system knows it; raises `ValueError` (`UnicodeError` is one)."""
    return host.lower() if host.isascii() else host.encode("idna").decode("ascii").lower()
