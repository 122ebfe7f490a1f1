"""Pages of other sites that texts embed, as they describe themselves."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types

revision = "0132"
down_revision = "0131"
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "embed",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("site_name", sa.String(length=100), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", types.UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_embed")),
        sa.UniqueConstraint("address_hash", name=op.f("uq_embed_address_hash")),
    )


def downgrade() -> None:
    op.drop_table("embed")
