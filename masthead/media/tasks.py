"""What the tasks of posts and pages do with the pictures of other sites."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from masthead.db import db
from masthead.media import external

#: Pictures of one text that are copied; a text with more is no text that somebody has written here.
LIMIT: Final = 200


def copy_missing(addresses: Sequence[str]) -> datetime | None:
    """Copy those that have no copy yet, each in a transaction of its own; when to try again, if that may help."""
    # The decoder of pictures is loaded by whoever decodes some.
    from masthead.media import copying

    again: datetime | None = None
    present = external.copies_of(addresses)
    # Nothing is held while the other site answers.
    db.session.rollback()
    for address in addresses[:LIMIT]:
        if address not in present:
            again = copying.copy(address) or again
            db.session.commit()
    return again
