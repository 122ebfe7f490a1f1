"""Migrations read large tables in batches."""

from importlib import import_module

from sqlalchemy import event

from masthead.db import db
from tests.factories import PostFactory

USES = import_module("masthead.migrations.versions.0144_every_state_of_a_post_uses_its_files")


def test_the_uses_of_files_are_read_in_batches(app, cast):
    PostFactory(body="![wheat](/media/2020/wheat.png)", author=cast.walt)
    batches = []

    def note(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith("SELECT"):
            batches.append(context.execution_options.get("yield_per"))

    with app.app_context(), db.engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", note)
        found = list(USES._uses(connection, {"2020/wheat.png": 7}))
    assert {(media_id, kind) for media_id, kind, _ in found} == {(7, "revision")}
    assert batches == [USES.AT_ONCE] * len(USES.SOURCES)
