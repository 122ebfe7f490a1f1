"""The last reading of the clock is stored, so that a leap is noticed after a restart, too."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types

revision = "0130"
down_revision = "0129"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clock_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seen_at", types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("steady_since", types.UTCDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_clock_mark_single")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_mark")),
    )


def downgrade() -> None:
    op.drop_table("clock_mark")
