"""Administrators can ask for exports in the browser."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types

revision = "0141"
down_revision = "0140"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "requested_export",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("job_id", ID, nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("created_at", types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user.id"], name=op.f("fk_requested_export_owner_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requested_export")),
    )
    op.create_index(op.f("ix_requested_export_owner_id"), "requested_export", ["owner_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_requested_export_owner_id"), "requested_export")
    op.drop_table("requested_export")
