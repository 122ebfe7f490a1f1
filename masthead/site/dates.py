"""Dates and times in templates, for readers in the publication's time zone, for people at work in their own."""

from datetime import date, datetime, tzinfo

from flask import Flask

from masthead import time_zones
from masthead.people import time_zone
from masthead.settings.queries import zone
from masthead.web import templating


def init_app(app: Flask) -> None:
    """Register the date filters with time zones."""
    app.jinja_env.filters |= {
        "longdate": lambda moment: templating.long_date(_in(moment, zone())),
        "shortdate": lambda moment: templating.short_date(_in(moment, zone())),
        "clocktime": lambda moment: templating.clock_time(_in(moment, zone())),
        "weekday": lambda moment: templating.weekday(_in(moment, zone())),
        "locallongdate": lambda moment: templating.long_date(_in(moment, time_zone.current())),
        "localdate": lambda moment: templating.short_date(_in(moment, time_zone.current())),
        "localclock": local_clock,
    }
    app.jinja_env.globals |= {"time_zone_here": time_zone.current_name, "time_zone_names": time_zones.offered}


def _in(moment: date, there: tzinfo) -> date:
    """Convert a moment to the time zone; a date without time is equal everywhere."""
    return time_zones.local(moment, there) if isinstance(moment, datetime) else moment


def local_clock(moment: datetime) -> str:
    """Return ``14:05 CET``: the zone removes ambiguity, also in the hour that occurs twice a year."""
    here = time_zone.current()
    return f"{templating.clock_time(time_zones.local(moment, here))} {time_zones.label(moment, here)}"
