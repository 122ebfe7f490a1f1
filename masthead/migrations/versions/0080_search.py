"""What is searched of each post, and the index over it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0080"
down_revision = "0060"
branch_labels = None
depends_on = None

SEARCHED_CHARACTERS = 200_000
COLUMNS = "title, summary, body"


def upgrade() -> None:
    op.create_table(
        "search_document",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("vector", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_search_document_post_id_post"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_search_document")),
    )
    op.create_index("ix_search_document_vector", "search_document", ["vector"], postgresql_using="gin")
    if op.get_bind().dialect.name == "sqlite":
        _make_index_of_sqlite()
    _fill()


def _make_index_of_sqlite() -> None:
    new = ", ".join(f"new.{name}" for name in ("post_id", "title", "summary", "body"))
    old = new.replace("new.", "old.")
    insert = f"INSERT INTO search_index(rowid, {COLUMNS}) VALUES ({new});"
    delete = f"INSERT INTO search_index(search_index, rowid, {COLUMNS}) VALUES ('delete', {old});"
    op.execute(
        f"CREATE VIRTUAL TABLE search_index USING fts5({COLUMNS}, content='search_document', content_rowid='post_id', "
        "tokenize='porter unicode61 remove_diacritics 2')"
    )
    for moment, work in (("INSERT", insert), ("DELETE", delete), ("UPDATE", delete + " " + insert)):
        op.execute(
            f"CREATE TRIGGER search_document_{moment.lower()} AFTER {moment} ON search_document BEGIN {work} END"
        )


def _fill() -> None:
    """Posts that are there already: from their Markdown, until they are saved again."""
    body = f"substr(body, 1, {SEARCHED_CHARACTERS})"
    op.execute(
        f"INSERT INTO search_document (post_id, {COLUMNS}) SELECT id, title, summary, {body} FROM post"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "UPDATE search_document SET vector = setweight(to_tsvector('english', title), 'A') || "
            "setweight(to_tsvector('english', summary), 'C') || setweight(to_tsvector('english', body), 'D')"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_document")
