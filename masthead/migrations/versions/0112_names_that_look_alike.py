"""User names that the eye takes for each other share a key, and only one person can have it."""

import sqlalchemy as sa
from alembic import op

from masthead.text.names import lookalike_key

revision = "0112"
down_revision = "0111"
branch_labels = None
depends_on = None

USER = sa.table("user", sa.column("id", sa.BigInteger), sa.column("username", sa.String), sa.column("username_lookalike", sa.String))


def upgrade() -> None:
    op.add_column("user", sa.Column("username_lookalike", sa.String(length=120), nullable=True))
    # The key as the code makes it today, which new names are compared with; another one needs a migration of its own.
    # Of those who have such names already, all keep theirs and the first has the key.
    keys: dict[str, int] = {}
    for user_id, username in op.get_bind().execute(sa.select(USER.c.id, USER.c.username).order_by(USER.c.id)):
        keys.setdefault(lookalike_key(username), user_id)
    if keys:
        op.get_bind().execute(
            sa.update(USER)
            .where(USER.c.id == sa.bindparam("user_id"))
            .values(username_lookalike=sa.bindparam("key")),
            [{"user_id": user_id, "key": key} for key, user_id in keys.items()],
        )
    op.create_index("ix_user_username_lookalike", "user", ["username_lookalike"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_user_username_lookalike", table_name="user")
    op.drop_column("user", "username_lookalike")
