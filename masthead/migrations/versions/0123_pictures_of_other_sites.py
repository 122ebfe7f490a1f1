"""Pictures of other sites in texts, and their copies here."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types

revision = "0123"
down_revision = "0122"
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "external_picture",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("media_id", IDENTIFIER, nullable=True),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", types.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_external_picture_media_id_media"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_picture")),
        sa.UniqueConstraint("address_hash", name=op.f("uq_external_picture_address_hash")),
    )
    op.create_index("ix_external_picture_media_id", "external_picture", ["media_id"])


def downgrade() -> None:
    op.drop_table("external_picture")
