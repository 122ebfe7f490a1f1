"""Revisions hold everything that readers see: bylines, lead picture, canonical address, language, comments, date."""

import sqlalchemy as sa
from alembic import op

from masthead.text.names import name_key

revision = "0125"
down_revision = "0124"
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TAG = sa.table("tag", sa.column("id", IDENTIFIER), sa.column("name", sa.String), sa.column("key", sa.String))
COLUMNS = ("lead_image", "lead_alt", "lead_caption", "canonical_url", "language", "comments_open", "published_at")


def upgrade() -> None:
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_whole", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("lead_image", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("lead_alt", sa.Text(), server_default=sa.text("''"), nullable=False))
        batch_op.add_column(sa.Column("lead_caption", sa.Text(), server_default=sa.text("''"), nullable=False))
        batch_op.add_column(sa.Column("canonical_url", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("language", sa.String(length=35), nullable=True))
        batch_op.add_column(sa.Column("comments_open", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "revision_byline",
        sa.Column("post_id", IDENTIFIER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("user_id", IDENTIFIER, nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id", "number"],
            ["revision.post_id", "revision.number"],
            name=op.f("fk_revision_byline_post_id_number_revision"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_revision_byline_user_id_user"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("post_id", "number", "position", name=op.f("pk_revision_byline")),
    )
    with op.batch_alter_table("revision_byline", schema=None) as batch_op:
        batch_op.create_index("ix_revision_byline_user_id", ["user_id"], unique=False)
    _complete_the_newest()
    _take_commas_from_tags()


def _complete_the_newest() -> None:
    """The present state of a post is that of its newest revision. Those before it nobody can know."""
    newest = "number = (SELECT max(last.number) FROM revision AS last WHERE last.post_id = revision.post_id)"
    values = ", ".join(f"{name} = (SELECT post.{name} FROM post WHERE post.id = revision.post_id)" for name in COLUMNS)
    op.execute(f"UPDATE revision SET is_whole = true, {values} WHERE {newest}")  # noqa: S608 (names of our own)
    op.execute(
        "INSERT INTO revision_byline (post_id, number, position, user_id) "
        "SELECT post_byline.post_id, revision.number, post_byline.position, post_byline.user_id FROM post_byline "
        f"JOIN revision ON revision.post_id = post_byline.post_id WHERE {newest}"  # noqa: S608 (likewise)
    )


def _take_commas_from_tags() -> None:
    """A form reads a comma as the end of a tag, so a name that has one came apart when its post was saved."""
    connection = op.get_bind()
    taken = set(connection.scalars(sa.select(TAG.c.key)))
    for tag_id, name in connection.execute(sa.select(TAG.c.id, TAG.c.name).where(TAG.c.name.contains(","))).all():
        plain = " ".join(name.replace(",", " ").split()) or "untitled"
        number, candidate = 1, plain
        while name_key(candidate) in taken:
            number += 1
            candidate = f"{plain[:50].strip()} ({number})"
        taken.add(name_key(candidate))
        connection.execute(sa.update(TAG).where(TAG.c.id == tag_id).values(name=candidate, key=name_key(candidate)))


def downgrade() -> None:
    op.drop_table("revision_byline")
    with op.batch_alter_table("revision", schema=None) as batch_op:
        for name in (*reversed(COLUMNS), "is_whole"):
            batch_op.drop_column(name)
