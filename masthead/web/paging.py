"""The page number in a URL."""

from flask import request

from masthead.errors import NotFound


def page_number(parameter: str = "page") -> int:
    """Parse the page number in the query string, 1 by default; raises `NotFound` unless it is from 1 to 999,999."""
    given = request.args.get(parameter, "1")
    if not (given.isascii() and given.isdigit() and len(given) <= 6 and int(given) >= 1):
        raise NotFound("There is no such page in this list.")
    return int(given)
