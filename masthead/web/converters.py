"""URL converters that refuse what no row can have."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

#: The largest id that a 64-bit column holds.
LARGEST_ID = 2**63 - 1


class IdConverter(IntegerConverter):
    """An id that fits into 64 bits; anything else is an unknown address (404)."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=LARGEST_ID)


def init_app(app: Flask) -> None:
    """Replace Flask's unbounded ``int``."""
    app.url_map.converters["int"] = IdConverter
