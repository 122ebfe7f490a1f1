"""Copies external images on behalf of the tasks of posts and pages."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from masthead.db import db
from masthead.media import external

#: The maximum number of copied images per text; no text written here has more.
LIMIT: Final = 200


def copy_missing(addresses: Sequence[str]) -> datetime | None:
    """Copy missing images, each in its own transaction; return the time for a retry if one may help."""
    # Imported here, because only processes that decode images need the decoder.
    from masthead.media import copying

    again: datetime | None = None
    present = external.copies_of(addresses)
    # No transaction is open while the other site answers.
    db.session.rollback()
    for address in addresses[:LIMIT]:
        if address not in present:
            again = copying.copy(address) or again
            db.session.commit()
    return again
