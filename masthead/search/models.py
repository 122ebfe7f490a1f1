"""The index entries of posts."""

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from masthead.db import Base, Identifier

#: SQLite's full text index over `SearchDocument`; the migration creates it, and triggers update it.
INDEX = "search_index"


class SearchDocument(Base):
    """The tokens of a post, written in the post's own transaction (see `masthead.search.receivers`)."""

    __tablename__ = "search_document"
    __table_args__ = (Index("ix_search_document_vector", "vector", postgresql_using="gin"),)

    post_id: Mapped[int] = mapped_column(
        Identifier, ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    #: The names of the credited people.
    authors: Mapped[str] = mapped_column(Text)
    #: Unstemmed words, compounds as one word, and names with signs.
    forms: Mapped[str] = mapped_column(Text)
    #: PostgreSQL's index entry; SQLite keeps its own in `INDEX`.
    vector: Mapped[str | None] = mapped_column(Text().with_variant(TSVECTOR(), "postgresql"), deferred=True)
