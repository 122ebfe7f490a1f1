"""Internet addresses: read in every form that proxies write, and shortened until they name no person any more."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

IPV4_PREFIX = 24
IPV6_PREFIX = 48
#: What one household or server gets; whoever counts single IPv6 addresses counts nothing.
IPV6_CUSTOMER_PREFIX = 64


#: An address with brackets, a port and a zone, as far as proxies write them (RFC 7239, section 6): each may be missing.
_WRITTEN = re.compile(
    r"""\s*"?(?:\[([^\[\]%]+)(?:%[\w.~-]+)?\](?::\d{1,5})?|([\d.]+)(?::\d{1,5})?|([\da-fA-F:.]+)(?:%[\w.~-]+)?)"?\s*"""
)


def truncated(address: str | None) -> str:
    """The network that may be kept in a log: ``203.0.113.0/24``; empty for what is no address."""
    found = parsed(address)
    if found is None:
        return ""
    return _network(found, IPV4_PREFIX if found.version == 4 else IPV6_PREFIX)


def customer(address: str | None) -> str:
    """Whom attempts are counted for: the IPv4 address, or the IPv6 network that one customer has."""
    found = parsed(address)
    if found is None:
        return "unknown"
    return str(found) if found.version == 4 else _network(found, IPV6_CUSTOMER_PREFIX)


def parsed(address: str | None) -> IPv4Address | IPv6Address | None:
    """The address that a text names, without port, brackets and zone; None for what is no address."""
    written = _WRITTEN.fullmatch(address or "")
    if written is None:
        return None
    try:
        found = ip_address(written[1] or written[2] or written[3])
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped
    return found


def _network(address: IPv4Address | IPv6Address, prefix: int) -> str:
    return str(ip_network((address, prefix), strict=False))
