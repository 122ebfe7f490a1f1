"""Writers sort their posts by title and by views."""

from alembic import op

revision = "0142"
down_revision = "0141"
branch_labels = None
depends_on = None

ORDERS = ("title", "views")


def upgrade() -> None:
    for name in ORDERS:
        columns = ["author_id", name, "id", "status", "published_at"]
        op.create_index(f"ix_post_author_id_{name}", "post", columns)


def downgrade() -> None:
    for name in reversed(ORDERS):
        op.drop_index(f"ix_post_author_id_{name}", table_name="post")
