"""Posts have words and a picture for search results and cards, an end, and a scheduled update."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types

revision = "0136"
down_revision = "0135"
branch_labels = None
depends_on = None

MOMENT = types.UTCDateTime(timezone=True)
LINES = ("meta_title", "card_title")
TEXTS = ("meta_description", "card_description")
MOMENTS = ("expires_at", "expired_at", "update_at")


def upgrade() -> None:
    for table in ("post", "revision"):
        for name in LINES:
            op.add_column(table, sa.Column(name, sa.String(length=300), server_default=sa.text("''"), nullable=False))
        for name in TEXTS:
            op.add_column(table, sa.Column(name, sa.Text(), server_default=sa.text("''"), nullable=False))
        op.add_column(table, sa.Column("card_image", sa.Text(), nullable=True))
    for name in MOMENTS:
        op.add_column("post", sa.Column(name, MOMENT, nullable=True))
    op.add_column("post", sa.Column("expires_to", sa.Text(), nullable=True))
    op.create_index("ix_post_expires_at", "post", ["expires_at"])
    op.create_index("ix_post_update_at", "post", ["update_at"])


def downgrade() -> None:
    op.drop_index("ix_post_update_at", table_name="post")
    op.drop_index("ix_post_expires_at", table_name="post")
    for name in ("expires_to", *reversed(MOMENTS)):
        op.drop_column("post", name)
    for table in ("revision", "post"):
        for name in ("card_image", *TEXTS, *LINES):
            op.drop_column(table, name)
