"""Files in cards, templates, snippets, working copies and revisions are in use, too."""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0144"
down_revision = "0143"
branch_labels = None
depends_on = None

ADDRESS = re.compile(r"/media/([a-z0-9][a-z0-9._/-]{0,98}[a-z0-9])")
#: A picture comes into a working copy with its whole address, so the entries of the journal need not be replayed.
SOURCES = (
    ("post", "SELECT id, card_image FROM post WHERE card_image LIKE '%/media/%'"),
    ("post_template", "SELECT id, body FROM post_template WHERE body LIKE '%/media/%'"),
    ("snippet", "SELECT id, body FROM snippet WHERE body LIKE '%/media/%'"),
    ("embed", "SELECT id, picture FROM embed WHERE picture LIKE '%/media/%'"),
    (
        "revision",
        "SELECT post_id, body, lead_image, card_image FROM revision"
        " WHERE body LIKE '%/media/%' OR lead_image LIKE '%/media/%' OR card_image LIKE '%/media/%'",
    ),
    (
        "working_copy",
        "SELECT entry.post_id, entry.changes FROM working_copy_change AS entry JOIN working_copy AS copy"
        " ON copy.post_id = entry.post_id AND copy.base_number = entry.base_number"
        " WHERE copy.is_open AND entry.changes LIKE '%/media/%'",
    ),
    ("revision", "SELECT post_id, text FROM kept_text"),
)
USAGE = sa.table("media_usage", *(sa.column(name) for name in ("media_id", "kind", "object_id")))
#: Rows that are read or written together.
AT_ONCE = 500


def upgrade() -> None:
    connection = op.get_bind()
    found = connection.execute(sa.text("SELECT path, id FROM media"))
    ids: dict[str, int] = {path: number for path, number in found}
    if not ids:
        return
    present = connection.execute(sa.select(USAGE.c.media_id, USAGE.c.kind, USAGE.c.object_id))
    known: set[tuple[int, str, int]] = {(row[0], row[1], row[2]) for row in present}
    rows = []
    for use in _uses(connection, ids):
        if use not in known:
            known.add(use)
            rows.append(dict(zip(("media_id", "kind", "object_id"), use, strict=True)))
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(sa.insert(USAGE), rows[start : start + AT_ONCE])


def _uses(connection: sa.Connection, ids: dict[str, int]) -> Iterator[tuple[int, str, int]]:
    for kind, statement in SOURCES:
        # In batches: all revisions together may be larger than the memory.
        found = connection.execute(sa.text(statement), execution_options={"yield_per": AT_ONCE})
        for object_id, *texts in found:
            for path in _paths(texts) & ids.keys():
                yield ids[path], kind, object_id


def _paths(texts: list[Any]) -> set[str]:
    return {path for text in texts if text for path in ADDRESS.findall(str(text))}


def downgrade() -> None:
    op.execute("DELETE FROM media_usage WHERE kind IN ('embed', 'post_template', 'revision', 'snippet', 'working_copy')")
