"""Invitations remember who made them: they are worth as much as that person may do when they are accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0114"
down_revision = "0113"
branch_labels = None
depends_on = None

TOKEN = sa.table(
    "account_token",
    sa.column("id", sa.BigInteger),
    sa.column("purpose", sa.String),
    sa.column("email", sa.String),
    sa.column("inviter_id", sa.BigInteger),
    sa.column("inviter", sa.String),
)
EVENT = sa.table(
    "audit_event",
    sa.column("id", sa.BigInteger),
    sa.column("action", sa.String),
    sa.column("subject", sa.String),
    sa.column("actor_id", sa.BigInteger),
    sa.column("actor_name", sa.String),
)
USER = sa.table("user", sa.column("id", sa.BigInteger))


def upgrade() -> None:
    with op.batch_alter_table("account_token", schema=None) as batch_op:
        batch_op.add_column(sa.Column("inviter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch_op.add_column(sa.Column("inviter", sa.String(length=60), server_default=sa.text("''"), nullable=False))
        batch_op.create_foreign_key(
            op.f("fk_account_token_inviter_id_user"), "user", ["inviter_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index("ix_account_token_inviter_id", ["inviter_id"], unique=False)
    # The log knows who made the invitations that are open; those without an account there are the shell's.
    connection = op.get_bind()
    for token_id, email in connection.execute(sa.select(TOKEN.c.id, TOKEN.c.email).where(TOKEN.c.purpose == "invite")).all():
        made = connection.execute(
            sa.select(EVENT.c.actor_id, EVENT.c.actor_name)
            .where(EVENT.c.action == "account.invited", EVENT.c.subject == email)
            .order_by(EVENT.c.id.desc())
            .limit(1)
        ).first()
        if made is not None and made.actor_id is not None:
            known = connection.scalar(sa.select(USER.c.id).where(USER.c.id == made.actor_id))
            values = {"inviter_id": known, "inviter": made.actor_name[:60]}
            connection.execute(sa.update(TOKEN).where(TOKEN.c.id == token_id).values(values))


def downgrade() -> None:
    with op.batch_alter_table("account_token", schema=None) as batch_op:
        batch_op.drop_index("ix_account_token_inviter_id")
        batch_op.drop_constraint(op.f("fk_account_token_inviter_id_user"), type_="foreignkey")
        batch_op.drop_column("inviter")
        batch_op.drop_column("inviter_id")
