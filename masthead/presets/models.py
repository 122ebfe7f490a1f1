"""Post templates and snippets."""

from typing import ClassVar, TypeVar

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, mapped_column

from masthead.content.rendering import TITLE_CHARACTERS
from masthead.db import Base, Identifier, Timestamps
from masthead.media import usage as media_usage

NAME_CHARACTERS = 100
#: One character of a name can fold to several in its key.
KEY_CHARACTERS = 400
TEMPLATE_CHARACTERS = 200_000
SNIPPET_CHARACTERS = 20_000


class Preset(Timestamps, Base):
    """The common columns of both. Writers get copies, so a change of a preset changes no post."""

    __abstract__ = True

    #: The name of the kind in sentences, and the beginning of its audit events.
    KIND: ClassVar[str]
    EVENTS: ClassVar[str]
    BODY_CHARACTERS: ClassVar[int]

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_CHARACTERS))
    #: `masthead.text.names.name_key` of the name: "Recipe" and "recipe" are one name.
    key: Mapped[str] = mapped_column(String(KEY_CHARACTERS), unique=True)
    body: Mapped[str]
    #: Grows with each change, so that nobody overwrites what somebody else has saved meanwhile.
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))


P = TypeVar("P", bound=Preset)


class PostTemplate(Preset):
    """Title, content and tags with which a new post begins."""

    __tablename__ = "post_template"
    KIND = "post template"
    EVENTS = "post_template"
    BODY_CHARACTERS = TEMPLATE_CHARACTERS

    title: Mapped[str] = mapped_column(String(TITLE_CHARACTERS), default="")
    #: Names, not rows: the tags are created with the post.
    tags: Mapped[list[str]] = mapped_column(default=list)


class Snippet(Preset):
    """A piece of Markdown that writers insert into a text."""

    __tablename__ = "snippet"
    KIND = "snippet"
    EVENTS = "snippet"
    BODY_CHARACTERS = SNIPPET_CHARACTERS


# Every writer sees them, and so their pictures.
media_usage.watch(PostTemplate, PostTemplate.EVENTS, ["body"], is_public=lambda _: True)
media_usage.watch(Snippet, Snippet.EVENTS, ["body"], is_public=lambda _: True)
