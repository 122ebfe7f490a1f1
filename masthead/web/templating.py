"""Filters and globals of all templates: dates in words, and numbers."""

from datetime import date, datetime

from flask import Flask
from jinja2 import StrictUndefined


def init_app(app: Flask) -> None:
    """Register filters and globals. Dates keep the zone of their value; `masthead.site.dates` converts to a time zone."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {
        "longdate": long_date,
        "shortdate": short_date,
        "weekday": weekday,
        "locallongdate": long_date,
        "localdate": short_date,
        "localclock": clock_time,
        "isodate": iso_date,
        "clocktime": clock_time,
        "number": number,
        "quoted": quoted,
    }


def long_date(moment: date) -> str:
    """``21 November 2026``."""
    return f"{moment.day} {moment:%B %Y}"


def short_date(moment: date) -> str:
    """``21 Nov 2026``."""
    return f"{moment.day} {moment:%b %Y}"


def iso_date(moment: datetime) -> str:
    """``2026-11-21T14:05:00+00:00``, for programs. HTML allows three digits of a second; databases store six."""
    return moment.isoformat(timespec="seconds")


def clock_time(moment: date) -> str:
    """``14:05``."""
    return f"{moment:%H:%M}"


def weekday(moment: date) -> str:
    """``Saturday``."""
    return f"{moment:%A}"


def quoted(text: str) -> str:
    """Prefix each line of a text as plain text emails quote it."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def number(value: int) -> str:
    """Format with thin spaces between thousands: ``12 345``."""
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")
