"""The statements of the pages that everybody reads follow an index, whatever the size: the databases say how they would run them.

On SQLite nothing may be scanned or put into a temporary table but what a sub-query has already limited. PostgreSQL reads
small tables as a whole by choice, so it is asked with that choice made expensive.
"""

import re

import pytest
from sqlalchemy import event

from masthead.db import db
from masthead.feeds.sections import SECTIONS
from tests.factories import CommentFactory, PostFactory

#: As large as the publication grows; the others hold what an administrator has made.
GROWING = {
    "post",
    "post_byline",
    "post_tag",
    "post_slug",
    "comment",
    "daily_views",
    "revision",
    "search_document",
}
COOKIE = {"Cookie": "session=somebody"}
CURSOR_PAGE = "/api/v1/posts?cursor=WyIyMDIwLTAxLTAxVDAwOjAwOjAwKzAwOjAwIiwgMV0"
PATHS = [
    "/",
    "/blog/",
    "/blog/post/harvest",
    "/blog/tag/nature",
    "/blog/author/walt",
    "/blog/archive/2026/1",
    "/feed.xml",
    "/blog/tag/nature/feed.xml",
    "/blog/post/harvest/feed.xml",
    "/api/v1/posts",
    CURSOR_PAGE,
    "/api/v1/posts?published_before=2020-01-01T00:00:00Z",
    "/api/v1/posts?tag=nature",
    "/api/v1/posts/harvest",
    "/api/v1/posts/harvest/comments",
]


@pytest.fixture
def plans_of(app, client, cast):
    """The plans of the statements that a page asks the database."""
    story = PostFactory(slug="harvest", author=cast.walt, tags=["Nature", "Autumn"])
    CommentFactory(post=story)
    PostFactory.create_batch(5, author=cast.walt, tags=["Nature"])

    def explain(path):
        said = []

        def note(_connection, cursor, statement, parameters, *_rest):
            if statement.startswith("SELECT"):
                said.append((statement, parameters))

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            assert client.get(path, headers=COOKIE).status_code in {200, 404}
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert said
        return [(statement, *explained(engine, statement, parameters)) for statement, parameters in said]

    return explain


def explained(engine, statement, parameters):
    """The kind of the database, and its plan as text."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return "sqlite", "\n".join(row[3] for row in rows)
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
        return "postgresql", "\n".join(row[0] for row in rows)


def faults(statement, kind, plan):
    """What in a plan grows with the publication."""
    if kind == "postgresql":
        return [line for line in re.findall(r"Seq Scan on (\w+)", plan) if line in GROWING]
    # SQLite names a table by its alias.
    aliases = re.findall(r"(?:FROM|JOIN) \"?(\w+)\"? AS (\w+)", statement)
    tables = GROWING | {alias for table, alias in aliases if table in GROWING}
    # A scan along an index is one for an order, which ends at the limit.
    scanned = [name for name in re.findall(r"^SCAN (\w+)$", plan, re.MULTILINE) if name in tables]
    return scanned + re.findall(r"^MATERIALIZE \(join.*", plan, re.MULTILINE)


@pytest.mark.parametrize("path", PATHS)
def test_what_everybody_reads_follows_an_index(plans_of, path):
    found = [
        (statement, plan, wrong)
        for statement, kind, plan in plans_of(path)
        if (wrong := faults(statement, kind, plan))
    ]
    assert not found, "\n\n".join(f"{wrong}\n{plan}\n{statement}" for statement, plan, wrong in found)


@pytest.mark.databases("sqlite")
def test_the_files_of_a_site_map_are_found_in_indexes_alone(app, cast):
    PostFactory(author=cast.walt, tags=["Nature"])
    said = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        said.append((statement, parameters))

    with app.test_request_context():
        engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            files = {name: list(db.session.execute(section.files())) for name, section in SECTIONS.items()}
        finally:
            event.remove(engine, "before_cursor_execute", note)
    asked = [
        (statement, parameters) for statement, parameters in said if statement.startswith(("SELECT", "WITH"))
    ]
    plans = [explained(engine, statement, parameters)[1] for statement, parameters in asked]
    assert [len(files[name]) for name in ("tags", "authors")] == [1, 1]
    assert any("COVERING INDEX ix_post_site_map (status=? AND id>? AND id<?)" in plan for plan in plans)
    # What many links lead to is walked in the order of the last change, and in that of time.
    walks = [plan for plan in plans if "COVERING INDEX ix_post_status_updated_at (status=?)" in plan]
    assert len([plan for plan in walks if "ix_post_status_published_at" in plan]) == 2


@pytest.mark.databases("sqlite")
def test_a_nested_join_would_be_found(app, client, plans_of):
    joined = (
        "SELECT post.id FROM post LEFT OUTER JOIN (post_byline AS b JOIN user AS u ON u.id = b.user_id) "
        "ON post.id = b.post_id WHERE post.id < ?"
    )
    with app.app_context():
        kind, plan = explained(db.engine, joined, (5,))
    assert faults(joined, kind, plan)
