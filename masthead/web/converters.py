"""URL converters that refuse what no row can have."""

from flask import Flask
from werkzeug.routing import IntegerConverter

#: The largest id that an address can have.
LARGEST_ID = 10**18 - 1


class IdConverter(IntegerConverter):
    """An id that fits into 64 bits; anything else is an unknown address (404)."""

    # Not limits that are checked later: Werkzeug would answer 405 where other methods have the same address.
    regex = r"[1-9]\d{0,17}"


def init_app(app: Flask) -> None:
    """Replace Flask's unbounded ``int``."""
    app.url_map.converters["int"] = IdConverter
