"""Changes of many posts as one job, with the result of each post."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types

revision = "0143"
down_revision = "0142"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = types.UTCDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "bulk_change",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("recipient_id", ID, nullable=True),
        sa.Column("state", sa.String(length=20), server_default=sa.text("'queued'"), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["recipient_id"], ["user.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_bulk_change_user_id", "bulk_change", ["user_id"])
    op.create_index("ix_bulk_change_recipient_id", "bulk_change", ["recipient_id"])
    op.create_index("ix_bulk_change_created_at", "bulk_change", ["created_at"])
    op.create_table(
        "bulk_item",
        sa.Column("change_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("post_id", ID, nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("slug", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["bulk_change.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("change_id", "position"),
    )
    op.create_index("ix_bulk_item_post_id", "bulk_item", ["post_id"])


def downgrade() -> None:
    op.drop_table("bulk_item")
    op.drop_table("bulk_change")
