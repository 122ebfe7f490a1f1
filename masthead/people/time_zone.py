"""The time zone of a user: their own, or else the publication's."""

from datetime import tzinfo

from masthead import time_zones
from masthead.people.access import visitor
from masthead.people.models import User
from masthead.settings.queries import publication


def name_for(user: User | None) -> str:
    """Return the IANA name of the user's time zone."""
    return (user.time_zone if user is not None else "") or publication().time_zone


def zone_for(user: User | None) -> tzinfo:
    """Return the user's time zone."""
    return time_zones.zone(name_for(user))


def current() -> tzinfo:
    """Return the time zone of the current visitor."""
    return zone_for(visitor())


def current_name() -> str:
    """Return the IANA name of the current visitor's time zone."""
    return name_for(visitor())
