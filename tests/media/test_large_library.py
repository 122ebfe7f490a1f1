"""The library opens in the same number of steps however large it is: every filter walks along an index."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from masthead import clock
from masthead.db import db
from masthead.media import queries
from masthead.media.models import Media
from masthead.media.queries import MediaFilters

pytestmark = pytest.mark.databases("sqlite")
FEW, MANY, SHOWN = 1_000, 20_000, 40
EVERY_STEPS = 10


def store(numbers: range, owner_id: int) -> None:
    begin: datetime = clock.now() - timedelta(days=900)
    rows = [
        {
            "path": f"aa/{number:030x}.png",
            "key": f"aa/{number:030x}.png",
            "content_hash": f"{number:064x}",
            "source_hash": f"{number:064x}",
            "media_type": "image/png",
            "kind": "document" if number % 10 == 0 else "image",
            "width": 9,
            "height": 9,
            "size": 999,
            "status": "ready",
            "owner_id": owner_id,
            "is_shared": number % 7 != 0,
            "created_at": begin + timedelta(minutes=number),
        }
        for number in numbers
    ]
    db.session.execute(insert(Media), rows)
    db.session.commit()


def steps(reader, filters: MediaFilters) -> int:
    """The instructions of SQLite's machine that the first page of the library takes."""
    counted = 0

    def count() -> None:
        nonlocal counted
        counted += EVERY_STEPS

    db.session.rollback()
    driver = db.session.connection().connection.driver_connection
    driver.set_progress_handler(count, EVERY_STEPS)
    try:
        rows = db.session.scalars(queries.library(reader, filters).limit(SHOWN + 1)).all()
    finally:
        driver.set_progress_handler(None, 0)
    assert len(rows) == SHOWN + 1
    return counted


def test_a_library_of_many_files_opens_in_the_steps_of_a_small_one(app, cast):
    looks = (
        MediaFilters(),
        MediaFilters(kind="document"),
        MediaFilters(by="walt"),
        MediaFilters(unused=True),
    )
    with app.app_context():
        store(range(FEW), cast.walt.id)
        few = [steps(cast.edith, look) for look in looks]
        store(range(FEW, MANY), cast.walt.id)
        many = [steps(cast.edith, look) for look in looks]
        assert all(after <= 1.3 * before for before, after in zip(few, many, strict=True)), (few, many)
        assert queries.used_bytes(cast.walt.id) == MANY * 999
