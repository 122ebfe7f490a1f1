"""Lists in every order that they are offered in, and what is counted for them, are read from indexes alone."""

import sqlalchemy as sa
from alembic import op

revision = "0113"
down_revision = "0112"
branch_labels = None
depends_on = None

DESK = "ix_post_author_id_updated_at"
NEW = {
    "ix_post_status_updated_at": ["status", "updated_at", "id", "published_at"],
    "ix_post_status_title": ["status", "title", "id", "published_at"],
    "ix_post_status_views": ["status", "views", "id", "published_at"],
}


def upgrade() -> None:
    # With these, desks are filtered and counted without a look at the posts.
    op.drop_index(DESK, table_name="post")
    op.create_index(DESK, "post", ["author_id", "updated_at", "id", "status", "published_at"])
    for name, columns in NEW.items():
        op.create_index(name, "post", columns)
    is_here = sa.text("canonical_url IS NULL")
    op.create_index(
        "ix_post_site_map",
        "post",
        ["status", "id", "updated_at", "published_at", "canonical_url"],
        sqlite_where=is_here,
        postgresql_where=is_here,
    )


def downgrade() -> None:
    for name in ("ix_post_site_map", *NEW):
        op.drop_index(name, table_name="post")
    op.drop_index(DESK, table_name="post")
    op.create_index(DESK, "post", ["author_id", "updated_at"])
