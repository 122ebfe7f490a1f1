"""Posts that are translations of each other have a key alike."""

import sqlalchemy as sa
from alembic import op

revision = "0129"
down_revision = "0128"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("post", sa.Column("translation_key", sa.String(length=100), nullable=True))
    op.create_index("ix_post_translation_key", "post", ["translation_key"])
    op.add_column("revision", sa.Column("translation_key", sa.String(length=100), nullable=True))


def downgrade() -> None:
    op.drop_column("revision", "translation_key")
    op.drop_index("ix_post_translation_key", table_name="post")
    op.drop_column("post", "translation_key")
