"""URL converters that refuse what no row can have."""

from flask import Flask
from werkzeug.routing import IntegerConverter


class IdConverter(IntegerConverter):
    """An id up to `masthead.db.GREATEST_ID`; anything else is an unknown address (404)."""

    # Not limits that are checked later: Werkzeug would answer 405 where other methods have the same address.
    regex = r"[1-9]\d{0,17}"


def init_app(app: Flask) -> None:
    """Replace Flask's unbounded ``int``."""
    app.url_map.converters["int"] = IdConverter
