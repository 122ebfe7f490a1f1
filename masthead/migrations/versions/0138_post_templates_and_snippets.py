"""Editors prepare post templates and snippets."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types

revision = "0138"
down_revision = "0137"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = types.UTCDateTime(timezone=True)


def upgrade() -> None:
    _create(
        "post_template",
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
    )
    _create("snippet")


def _create(table: str, *columns: sa.Column) -> None:
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        *columns,
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("key", name=op.f(f"uq_{table}_key")),
    )


def downgrade() -> None:
    op.drop_table("snippet")
    op.drop_table("post_template")
