"""The page number in an address."""

from flask import request

from masthead.errors import NotFound


def page_number(parameter: str = "page") -> int:
    """The number of a page in the address, 1 without one; raises `NotFound` if it is no number from 1 to 999,999."""
    given = request.args.get(parameter, "1")
    if not (given.isascii() and given.isdigit() and len(given) <= 6 and int(given) >= 1):
        raise NotFound("There is no such page in this list.")
    return int(given)
