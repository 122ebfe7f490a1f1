"""The origin in the ids of feeds and entries (RFC 4151), chosen once, so that ids outlive a change of domain."""

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from flask import current_app

from masthead.outbound.addresses import is_public
from masthead.settings import actions as settings
from masthead.settings.queries import publication

#: Names of one machine or one network (RFC 6761, RFC 6762, RFC 8375, RFC 9476), which other sites may use, too.
PRIVATE_ENDINGS: Final = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".invalid", ".alt")


def origin() -> str:
    """Return the first public address of the site; the present one until there is a public one."""
    return publication().feed_origin or current_app.config["SITE_URL"]


def authority() -> str:
    """Return the host of the origin, part of every id."""
    return urlsplit(origin()).hostname or ""


def settle() -> None:
    """Store the present SITE_URL as the origin if it is the first public one. The caller commits."""
    site_url: str = current_app.config["SITE_URL"]
    if not publication().feed_origin and is_public_host(urlsplit(site_url).hostname or ""):
        settings.put_first("feed_origin", site_url)


def is_public_host(host: str) -> bool:
    """Return whether a host name is valid on the whole internet."""
    try:
        return is_public(ip_address(host))
    except ValueError:
        name = host.lower().rstrip(".")
        return "." in name and not name.endswith(PRIVATE_ENDINGS)
