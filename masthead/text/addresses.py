"""Parses IP addresses in every form that proxies write, and truncates them until they identify no person."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

IPV4_PREFIX = 24
IPV6_PREFIX = 48
#: The prefix of one household or server; counting single IPv6 addresses would limit nobody.
IPV6_CUSTOMER_PREFIX = 64


#: An address with brackets, port and zone, each optional, as proxies write them (RFC 7239, section 6).
_WRITTEN = re.compile(
    r"""\s*"?(?:\[([^\[\]%]+)(?:%[\w.~-]+)?\](?::\d{1,5})?|([\d.]+)(?::\d{1,5})?|([\da-fA-F:.]+)(?:%[\w.~-]+)?)"?\s*"""
)


def truncated(address: str | None) -> str:
    """Return the network that a log may keep: ``203.0.113.0/24``; empty for an invalid address."""
    found = parsed(address)
    if found is None:
        return ""
    return _network(found, IPV4_PREFIX if found.version == 4 else IPV6_PREFIX)


def customer(address: str | None) -> str:
    """Return the key for counting attempts: the IPv4 address, or the IPv6 network of one customer."""
    found = parsed(address)
    if found is None:
        return "unknown"
    return str(found) if found.version == 4 else _network(found, IPV6_CUSTOMER_PREFIX)


def parsed(address: str | None) -> IPv4Address | IPv6Address | None:
    """Return the address without port, brackets and zone; None for an invalid one."""
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
