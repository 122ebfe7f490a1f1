"""Secret links show the working copy of a post to people without an account, who may leave notes."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types

revision = "0134"
down_revision = "0133"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = types.UTCDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "preview_link",
        sa.Column("id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("takes_notes", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_by_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        _of_post("preview_link"),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_preview_link_created_by_id_user"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preview_link")),
    )
    op.create_index("ix_preview_link_post_id", "preview_link", ["post_id"])
    op.create_index("ix_preview_link_created_by_id", "preview_link", ["created_by_id"])
    op.create_table(
        "preview_note",
        sa.Column("id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        _of_post("preview_note"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preview_note")),
    )
    op.create_index("ix_preview_note_post_id", "preview_note", ["post_id"])


def _of_post(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["post_id"], ["post.id"], name=op.f(f"fk_{table}_post_id_post"), ondelete="CASCADE"
    )


def downgrade() -> None:
    op.drop_table("preview_note")
    op.drop_table("preview_link")
