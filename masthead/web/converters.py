"""URL converters that refuse ids which no row can have."""

from flask import Flask
from werkzeug.routing import IntegerConverter


class IdConverter(IntegerConverter):
    """An id up to `masthead.db.GREATEST_ID`; anything else is an unknown URL (404)."""

    # The limit is part of the pattern: a check after matching would let Werkzeug answer 405 where the URL has other
    # methods.
    regex = r"[1-9]\d{0,17}"


def init_app(app: Flask) -> None:
    """Replace Flask's unbounded ``int``."""
    app.url_map.converters["int"] = IdConverter
