"""Writers have working copies beside the saved text, and the history says why it holds a revision."""

import sqlalchemy as sa
from alembic import op

from masthead.db import types

revision = "0131"
down_revision = "0130"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = types.UTCDateTime(timezone=True)


def upgrade() -> None:
    op.add_column("revision", sa.Column("kind", sa.String(length=20), server_default=sa.text("'saved'"), nullable=False))
    op.add_column("revision", sa.Column("name", sa.String(length=120), server_default=sa.text("''"), nullable=False))
    op.add_column("revision", sa.Column("was_public", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("revision", sa.Column("post_version", sa.Integer(), nullable=True))
    op.execute(sa.text("UPDATE revision SET was_public = (status = 'public')"))
    _create_working_copies()
    op.create_table(
        "editing_lease",
        _post(),
        _user(),
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        *_keys("editing_lease", "CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "user_id", "client", name=op.f("pk_editing_lease")),
    )
    op.create_index("ix_editing_lease_user_id", "editing_lease", ["user_id"])


def _create_working_copies() -> None:
    op.create_table(
        "working_copy",
        _post(),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("base_number", sa.Integer(), nullable=False),
        sa.Column("post_version", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), server_default=sa.false(), nullable=False),
        _user(),
        sa.Column("changed_at", MOMENT, nullable=False),
        *_keys("working_copy", "RESTRICT"),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_working_copy")),
    )
    op.create_index("ix_working_copy_user_id", "working_copy", ["user_id"])
    op.create_table(
        "working_copy_change",
        sa.Column("id", ID, nullable=False),
        _post(),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("base_number", sa.Integer(), nullable=False),
        sa.Column("post_version", sa.Integer(), nullable=False),
        _user(),
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("sent", sa.Text(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        *_keys("working_copy_change", "RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_copy_change")),
        sa.UniqueConstraint("post_id", "version", name=op.f("uq_working_copy_change_post_id_version")),
    )
    op.create_index("ix_working_copy_change_user_id", "working_copy_change", ["user_id"])
    op.create_index(
        "ix_working_copy_change_client", "working_copy_change", ["post_id", "user_id", "client", "sequence"]
    )
    op.create_table(
        "kept_text",
        sa.Column("id", ID, nullable=False),
        _post(),
        _user(),
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("base_version", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        *_keys("kept_text", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_text")),
        sa.UniqueConstraint(
            "post_id", "user_id", "client", name=op.f("uq_kept_text_post_id_user_id_client")
        ),
    )
    op.create_index("ix_kept_text_user_id", "kept_text", ["user_id"])


def _post() -> sa.Column[int]:
    return sa.Column("post_id", ID, nullable=False)


def _user() -> sa.Column[int]:
    return sa.Column("user_id", ID, nullable=False)


def _keys(table: str, of_user: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f(f"fk_{table}_post_id_post"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f(f"fk_{table}_user_id_user"), ondelete=of_user
        ),
    ]


def downgrade() -> None:
    for table in ("editing_lease", "kept_text", "working_copy_change", "working_copy"):
        op.drop_table(table)
    for column in ("post_version", "was_public", "name", "kind"):
        op.drop_column("revision", column)
