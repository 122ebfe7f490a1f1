"""The index for search holds tokens of ours instead of those of the databases' parsers, so it is made anew."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# Not a copy: the index must hold what the queries of today ask for.
from masthead.search.documents import document
from masthead.search.postgresql import vector
from masthead.text.plain import text_of

revision = "0124"
down_revision = "0123"
branch_labels = None
depends_on = None

COLUMNS = "title, summary, body, authors, forms"
FORMER_COLUMNS = "title, summary, body"
TOKENS = "tokenize=\"ascii tokenchars '+#.'\", prefix='2 3'"
FORMER_TOKENS = "tokenize='porter unicode61 remove_diacritics 2'"
#: Posts in memory at a time.
BATCH = 100

POST = sa.table("post", *(sa.column(name) for name in ("id", "title", "summary", "html", "body")))
BYLINE = sa.table("post_byline", *(sa.column(name) for name in ("post_id", "user_id", "position")))
USER = sa.table("user", *(sa.column(name) for name in ("id", "name", "username")))


def upgrade() -> None:
    _drop()
    _make(COLUMNS, TOKENS)
    table = sa.table(
        "search_document",
        *(sa.column(name) for name in ("post_id", *COLUMNS.split(", "))),
        sa.column("vector", postgresql.TSVECTOR),
    )
    connection = op.get_bind()
    last_id = 0
    while rows := connection.execute(_posts_behind(last_id)).all():
        names = _names([row.id for row in rows])
        for row in rows:
            authors = "\n".join(names.get(row.id, ()))
            made = document(title=row.title, summary=row.summary, body=text_of(row.html), authors=authors)
            entry = {"vector": vector(made)} if connection.dialect.name == "postgresql" else {}
            connection.execute(sa.insert(table).values(post_id=row.id, **made.values(), **entry))
        last_id = rows[-1].id


def _posts_behind(last_id: int) -> sa.Select:
    posts = sa.select(POST.c.id, POST.c.title, POST.c.summary, POST.c.html)
    return posts.where(POST.c.id > last_id).order_by(POST.c.id).limit(BATCH)


def _names(post_ids: list[int]) -> dict[int, list[str]]:
    credited = (
        sa.select(BYLINE.c.post_id, USER.c.name, USER.c.username)
        .join(USER, USER.c.id == BYLINE.c.user_id)
        .where(BYLINE.c.post_id.in_(post_ids))
        .order_by(BYLINE.c.post_id, BYLINE.c.position)
    )
    names: dict[int, list[str]] = {}
    for row in op.get_bind().execute(credited):
        names.setdefault(row.post_id, []).extend(filter(None, (row.name, row.username)))
    return names


def _make(columns: str, tokens: str) -> None:
    op.create_table(
        "search_document",
        sa.Column("post_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in columns.split(", ")),
        sa.Column("vector", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=True),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_search_document_post_id_post"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_search_document")),
    )
    op.create_index("ix_search_document_vector", "search_document", ["vector"], postgresql_using="gin")
    if op.get_bind().dialect.name != "sqlite":
        return
    new = ", ".join(f"new.{name}" for name in ("post_id", *columns.split(", ")))
    old = new.replace("new.", "old.")
    insert = f"INSERT INTO search_index(rowid, {columns}) VALUES ({new});"
    delete = f"INSERT INTO search_index(search_index, rowid, {columns}) VALUES ('delete', {old});"
    op.execute(
        f"CREATE VIRTUAL TABLE search_index USING fts5({columns}, content='search_document', content_rowid='post_id', "
        f"{tokens})"
    )
    for moment, work in (("INSERT", insert), ("DELETE", delete), ("UPDATE", delete + " " + insert)):
        op.execute(
            f"CREATE TRIGGER search_document_{moment.lower()} AFTER {moment} ON search_document BEGIN {work} END"
        )


def _drop() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
    op.drop_table("search_document")


def downgrade() -> None:
    _drop()
    _make(FORMER_COLUMNS, FORMER_TOKENS)
    op.execute(
        f"INSERT INTO search_document (post_id, {FORMER_COLUMNS}) SELECT id, title, summary, substr(body, 1, 200000) FROM post"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "UPDATE search_document SET vector = setweight(to_tsvector('english', title), 'A') || "
            "setweight(to_tsvector('english', summary), 'C') || setweight(to_tsvector('english', body), 'D')"
        )
