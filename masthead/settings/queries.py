"""Reads the settings: one query after each change."""

from datetime import tzinfo
from typing import Any

from flask import g
from sqlalchemy import select

from masthead import pagecache, time_zones
from masthead.db import db
from masthead.settings.cache_topics import SETTINGS
from masthead.settings.models import Setting
from masthead.settings.publication import NAMES, NavLink, Publication


def publication() -> Publication:
    """Return the settings of the publication, constant throughout a request."""
    pagecache.depends_on(SETTINGS)
    if "publication" not in g:
        g.publication = pagecache.memoize("publication", _stored)
    found: Publication = g.publication
    return found


def zone() -> tzinfo:
    """Return the time zone of readers, for dates and for the start of days and months."""
    return time_zones.zone(publication().time_zone)


def _stored() -> Publication:
    rows = db.session.execute(select(Setting.key, Setting.value).where(Setting.key.in_(NAMES)))
    return from_values({row.key: row.value for row in rows})


def from_values(values: dict[str, Any]) -> Publication:
    """Return the publication that stored values describe."""
    navigation = tuple(NavLink(**link) for link in values.pop("navigation", []))
    return Publication(navigation=navigation, **values)


def value(key: str) -> Any:
    """Return the stored value of a setting outside the publication, or None."""
    return db.session.scalar(select(Setting.value).where(Setting.key == key))
