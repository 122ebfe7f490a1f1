"""Exports of other systems can be uploaded and imported in the browser."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types

revision = "0140"
down_revision = "0139"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "uploaded_export",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("is_fetching", sa.Boolean(), nullable=False),
        sa.Column("is_stopping", sa.Boolean(), nullable=False),
        sa.Column("job_id", ID, nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("created_at", types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("owner_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user.id"], name=op.f("fk_uploaded_export_owner_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploaded_export")),
    )
    op.create_index(op.f("ix_uploaded_export_owner_id"), "uploaded_export", ["owner_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_uploaded_export_owner_id"), "uploaded_export")
    op.drop_table("uploaded_export")
