"""Accounts that are to be deleted."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types

revision = "0040"
down_revision = "0030"
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "account_closure",
        sa.Column("user_id", IDENTIFIER, nullable=False),
        sa.Column("asked_at", types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("due_at", types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("posts", sa.String(length=20), nullable=False),
        sa.Column("comments", sa.String(length=20), nullable=False),
        sa.Column("heir_id", IDENTIFIER, nullable=True),
        sa.Column("is_revocable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_account_closure_user_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["heir_id"], ["user.id"], name=op.f("fk_account_closure_heir_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_account_closure")),
    )
    op.create_index("ix_account_closure_due_at", "account_closure", ["due_at"])


def downgrade() -> None:
    op.drop_table("account_closure")
