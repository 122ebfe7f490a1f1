"""What every template can use: dates in words, numbers, and addresses of static files that change with the file."""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path

from flask import Flask, current_app, has_request_context, request
from jinja2 import StrictUndefined


def init_app(app: Flask) -> None:
    """Register filters and globals."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {
        "longdate": long_date,
        "shortdate": short_date,
        "isodate": datetime.isoformat,
        "clocktime": clock_time,
        "number": number,
    }
    app.jinja_env.globals["asset_url"] = asset_url


def long_date(moment: datetime) -> str:
    """``21 November 2026``."""
    return f"{moment.day} {moment:%B %Y}"


def short_date(moment: datetime) -> str:
    """``21 Nov 2026``."""
    return f"{moment.day} {moment:%b %Y}"


def clock_time(moment: datetime) -> str:
    """``14:05``, UTC."""
    return f"{moment:%H:%M}"


def number(value: int) -> str:
    """With thin spaces between thousands: ``12 345``."""
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def asset_url(path: str) -> str:
    """The address of a static file, with its content's hash so that browsers may keep it."""
    # Not by `url_for`, which knows no addresses in a request for a foreign host; its error page has a style sheet too.
    root = request.script_root if has_request_context() else ""
    return f"{root}{current_app.static_url_path}/{path}?v={_fingerprint(path)}"


@cache
def _fingerprint(path: str) -> str:
    content = (Path(__file__).parent.parent / "static" / path).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]
