"""An import finds the comments of earlier imports again."""

import sqlalchemy as sa
from alembic import op

revision = "0135"
down_revision = "0134"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported_comment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("comment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_imported_comment_comment_id_comment"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["imported_item.id"], name=op.f("fk_imported_comment_item_id_imported_item"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_comment")),
        sa.UniqueConstraint("key", name=op.f("uq_imported_comment_key")),
    )
    op.create_index("ix_imported_comment_item_id", "imported_comment", ["item_id"])
    op.create_index("ix_imported_comment_comment_id", "imported_comment", ["comment_id"])
    with op.batch_alter_table("imported_item") as batch:
        batch.add_column(sa.Column("comments_fingerprint", sa.String(length=64), nullable=False, server_default=sa.text("''")))


def downgrade() -> None:
    with op.batch_alter_table("imported_item") as batch:
        batch.drop_column("comments_fingerprint")
    op.drop_index("ix_imported_comment_comment_id", "imported_comment")
    op.drop_index("ix_imported_comment_item_id", "imported_comment")
    op.drop_table("imported_comment")
