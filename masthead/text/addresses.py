"""Internet addresses shortened until they name a neighbourhood instead of a person."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

IPV4_PREFIX = 24
IPV6_PREFIX = 48
#: What one household or server gets; whoever counts single IPv6 addresses counts nothing.
IPV6_CUSTOMER_PREFIX = 64


def truncated(address: str | None) -> str:
    """The network that may be kept in a log: ``203.0.113.0/24``; empty for what is no address."""
    parsed = _parsed(address)
    if parsed is None:
        return ""
    return _network(parsed, IPV4_PREFIX if parsed.version == 4 else IPV6_PREFIX)


def customer(address: str | None) -> str:
    """Whom attempts are counted for: the IPv4 address, or the IPv6 network that one customer has."""
    parsed = _parsed(address)
    if parsed is None:
        return "unknown"
    return str(parsed) if parsed.version == 4 else _network(parsed, IPV6_CUSTOMER_PREFIX)


def _parsed(address: str | None) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped
    return parsed


def _network(address: IPv4Address | IPv6Address, prefix: int) -> str:
    return str(ip_network((address, prefix), strict=False))
