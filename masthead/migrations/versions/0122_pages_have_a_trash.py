"""Pages are moved to a trash before they are deleted for good."""

import sqlalchemy as sa
from alembic import op

revision = "0122"
down_revision = "0121"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("page", sa.Column("trashed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    # Without a trash, what was in it is a draft: nothing is lost, and nobody sees it.
    op.drop_column("page", "trashed_at")
