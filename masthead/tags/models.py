"""Tags."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from masthead import pagecache
from masthead.db import Base, Identifier, Timestamps
from masthead.tags.cache_topics import TAG, TAGS

NAME_CHARACTERS = 60
KEY_CHARACTERS = 240
DESCRIPTION_CHARACTERS = 2_000
#: The maximum number of tags of a post; more would be a list of words, not a choice.
TAGS_LIMIT = 30


class Tag(Timestamps, Base):
    """A subject that posts share."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_CHARACTERS))
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    #: `masthead.text.names.name_key` of the name: "Politics" and "politics" are one tag.
    key: Mapped[str] = mapped_column(String(KEY_CHARACTERS), unique=True)
    description: Mapped[str] = mapped_column(default="")


pagecache.watch(
    Tag,
    pagecache.rule(["name", "slug", "description"], lambda tag: [TAG(tag.id), TAGS]),
    row=TAG,
    rows=TAGS,
    statements=[TAGS, TAG.every],
    inserts=[TAGS],
    # Its name is on any number of pages, and deletions are so rare that all pages may be rendered again.
    deleted=[pagecache.EVERYTHING],
)
