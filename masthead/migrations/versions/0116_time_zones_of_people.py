"""People have a time zone of their own; an empty one means the publication's."""

import sqlalchemy as sa
from alembic import op

revision = "0116"
down_revision = "0115"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("time_zone", sa.String(length=64), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    op.drop_column("user", "time_zone")
