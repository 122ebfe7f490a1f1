"""Comments remember what they answer and whether the people concerned were told; moderators, when they were told last."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types

revision = "0121"
down_revision = "0120"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reply_to_id", ID, nullable=True))
        batch_op.add_column(sa.Column("announced_at", types.UTCDateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_comment_reply_to_id_comment"), "comment", ["reply_to_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index(op.f("ix_comment_reply_to_id"), ["reply_to_id"], unique=False)
    # What was decided on before is old news: to bring it back must not write to anybody.
    op.execute("UPDATE comment SET announced_at = created_at WHERE status <> 'pending'")
    op.create_table(
        "moderator_notice",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("sent_at", types.UTCDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_moderator_notice_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_moderator_notice")),
    )


def downgrade() -> None:
    op.drop_table("moderator_notice")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_comment_reply_to_id"))
        batch_op.drop_constraint(op.f("fk_comment_reply_to_id_comment"), type_="foreignkey")
        batch_op.drop_column("announced_at")
        batch_op.drop_column("reply_to_id")
