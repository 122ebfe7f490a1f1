"""The version check of the API: a program that saw an older version gets 412."""

from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.exceptions import PreconditionFailed

from masthead.content.errors import StaleVersion
from masthead.web.api.operations import STALE


@contextmanager
def stale_version_is_412() -> Iterator[None]:
    """Answer `StaleVersion` with 412, like an `If-Match` that does not match."""
    try:
        yield
    except StaleVersion:
        raise PreconditionFailed(STALE) from None
