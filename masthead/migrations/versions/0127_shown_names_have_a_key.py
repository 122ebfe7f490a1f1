"""Names that readers see have a key, by which another person who wants one is found in an index."""

import sqlalchemy as sa
from alembic import op

from masthead.text.names import shown_key

revision = "0127"
down_revision = "0126"
branch_labels = None
depends_on = None

USER = sa.table("user", sa.column("id", sa.BigInteger), sa.column("name", sa.String), sa.column("name_key", sa.String))


def upgrade() -> None:
    op.add_column("user", sa.Column("name_key", sa.String(length=120), nullable=True))
    # Whoever shares a name already keeps it; the key only keeps others from taking it.
    named = sa.select(USER.c.id, USER.c.name).where(USER.c.name != "")
    keys = [{"user_id": user_id, "key": shown_key(name)} for user_id, name in op.get_bind().execute(named)]
    if keys:
        op.get_bind().execute(
            sa.update(USER).where(USER.c.id == sa.bindparam("user_id")).values(name_key=sa.bindparam("key")), keys
        )
    op.create_index("ix_user_name_key", "user", ["name_key"])


def downgrade() -> None:
    op.drop_index("ix_user_name_key", table_name="user")
    op.drop_column("user", "name_key")
