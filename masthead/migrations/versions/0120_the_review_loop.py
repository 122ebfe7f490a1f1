"""Editors send posts back with a note, and people choose which emails they get."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types

revision = "0120"
down_revision = "0116"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "review_note",
        sa.Column("id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", types.UTCDateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", types.UTCDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_review_note_author_id_user"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_review_note_post_id_post"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_note")),
    )
    op.create_index(op.f("ix_review_note_author_id"), "review_note", ["author_id"])
    op.create_index(op.f("ix_review_note_post_id"), "review_note", ["post_id"])
    op.add_column("user", sa.Column("muted_emails", sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    op.drop_column("user", "muted_emails")
    op.drop_table("review_note")
