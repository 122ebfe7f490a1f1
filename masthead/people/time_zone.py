"""The time zone in which somebody sees and enters times: their own, or else the publication's."""

from datetime import tzinfo

from masthead import time_zones
from masthead.people.access import visitor
from masthead.people.models import User
from masthead.settings.queries import publication


def name_for(user: User | None) -> str:
    """The IANA name of the zone."""
    return (user.time_zone if user is not None else "") or publication().time_zone


def zone_for(user: User | None) -> tzinfo:
    """The zone itself."""
    return time_zones.zone(name_for(user))


def current() -> tzinfo:
    """The zone of whoever made this request."""
    return zone_for(visitor())


def current_name() -> str:
    """The name of the zone of whoever made this request."""
    return name_for(visitor())
