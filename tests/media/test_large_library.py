"""The library opens with the same work however large it is: every filter walks along an index.

The work is counted in steps of SQLite's machine, and in pages that PostgreSQL looks at.
"""

from datetime import datetime, timedelta

from sqlalchemy import insert, text

from masthead import clock
from masthead.db import db
from masthead.media import queries
from masthead.media.models import Media
from masthead.media.queries import MediaFilters

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
    # As a database does by itself once many rows have come.
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def work(reader, filters: MediaFilters) -> int:
    """The cost of the first page of the library for the database."""
    db.session.rollback()
    statement = queries.library(reader, filters).limit(SHOWN + 1)
    count = steps if db.engine.dialect.name == "sqlite" else pages
    return count(statement)


def steps(statement) -> int:
    """The instructions of SQLite's machine that a statement takes."""
    counted = 0

    def count() -> None:
        nonlocal counted
        counted += EVERY_STEPS

    driver = db.session.connection().connection.driver_connection
    driver.set_progress_handler(count, EVERY_STEPS)
    try:
        rows = db.session.scalars(statement).all()
    finally:
        driver.set_progress_handler(None, 0)
    assert len(rows) == SHOWN + 1
    return counted


def pages(statement) -> int:
    """The pages of tables and indexes that PostgreSQL looks at for a statement."""
    query = str(statement.compile(db.engine, compile_kwargs={"literal_binds": True}))
    asked = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}"
    (plan,) = db.session.connection().exec_driver_sql(asked).scalar_one()
    assert plan["Plan"]["Actual Rows"] == SHOWN + 1
    return plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]


def test_a_library_of_many_files_opens_in_the_steps_of_a_small_one(app, cast):
    looks = (
        MediaFilters(),
        MediaFilters(kind="document"),
        MediaFilters(by="walt"),
        MediaFilters(unused=True),
    )
    with app.app_context():
        store(range(FEW), cast.walt.id)
        few = [work(cast.edith, look) for look in looks]
        store(range(FEW, MANY), cast.walt.id)
        many = [work(cast.edith, look) for look in looks]
        assert all(after <= 1.3 * before for before, after in zip(few, many, strict=True)), (few, many)
        assert queries.used_bytes(cast.walt.id) == MANY * 999
