"""Ids of headings are as written: a job renders the texts that are there again, and keeps the ids that they had."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0115"
down_revision = "0114"
branch_labels = None
depends_on = None

TASK = "texts.render"
JOB = sa.table(
    "job",
    sa.column("name", sa.String),
    sa.column("args", sa.JSON),
    sa.column("state", sa.String),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("run_at", sa.DateTime(timezone=True)),
    sa.column("attempts", sa.Integer),
    sa.column("last_error", sa.Text),
)


def upgrade() -> None:
    now = datetime.now(UTC)
    for kind in ("page", "post"):
        table = sa.table(kind, sa.column("id", sa.BigInteger))
        if op.get_bind().scalar(sa.select(table.c.id).limit(1)) is None:
            continue
        op.execute(
            sa.insert(JOB).values(
                name=TASK, args=[kind, 0], state="queued", created_at=now, run_at=now, attempts=0, last_error=""
            )
        )


def downgrade() -> None:
    op.execute(sa.delete(JOB).where(JOB.c.name == TASK, JOB.c.state == "queued"))
