"""The library is read in the order of its index, however large it is."""

import sqlalchemy as sa
from alembic import op

revision = "0137"
down_revision = "0136"
branch_labels = None
depends_on = None

PRESENT, GONE = sa.text("trashed_at IS NULL"), sa.text("trashed_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_media_created_at_id", table_name="media")
    op.drop_index("ix_media_trashed_at", table_name="media")
    columns = ["created_at", "id", "is_shared", "owner_id", "kind"]
    op.create_index("ix_media_library", "media", columns, sqlite_where=PRESENT, postgresql_where=PRESENT)
    op.create_index("ix_media_trash", "media", ["trashed_at", "id"], sqlite_where=GONE, postgresql_where=GONE)


def downgrade() -> None:
    op.drop_index("ix_media_trash", table_name="media")
    op.drop_index("ix_media_library", table_name="media")
    op.create_index("ix_media_trashed_at", "media", ["trashed_at", "id"])
    columns = ["created_at", "id", "trashed_at", "is_shared", "owner_id", "kind"]
    op.create_index("ix_media_created_at_id", "media", columns)
