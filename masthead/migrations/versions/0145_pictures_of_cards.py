"""A variant may be the picture of a card, cut around the focal point."""

import sqlalchemy as sa
from alembic import op

revision = "0145"
down_revision = "0144"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("media_variant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_crop", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM media_variant WHERE is_crop")
    with op.batch_alter_table("media_variant", schema=None) as batch_op:
        batch_op.drop_column("is_crop")
