"""The shapes of the settings and of the audit log in the API."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from masthead.admin.forms import TEXT_CHARACTERS
from masthead.audit.models import AuditEvent
from masthead.db.pagination import PER_PAGE_LIMIT
from masthead.settings.navigation import ADDRESS_CHARACTERS, LABEL_CHARACTERS, LINKS_LIMIT
from masthead.settings.publication import (
    ROBOTS_CHARACTERS,
    TAGLINE_CHARACTERS,
    TITLE_CHARACTERS,
    CommentPolicy,
    CrawlerPolicy,
    Publication,
)
from masthead.web.api.paging import CURSOR_CHARACTERS
from masthead.web.api.schemas import ListAnswer, Moment, PageQuery, Schema, Text


class Link(Schema):
    """A link of the navigation."""

    label: Text = Field(min_length=1, max_length=LABEL_CHARACTERS, examples=["About"])
    path: Text = Field(min_length=1, max_length=ADDRESS_CHARACTERS, examples=["/about"])


class SettingsAnswer(Schema):
    """The settings of the publication."""

    title: str
    tagline: str
    description: str
    accent: str = Field(examples=["#b3261e"])
    language: str = Field(examples=["en"])
    comment_policy: CommentPolicy
    posts_per_page: int
    navigation: list[Link]
    footer: str
    ai_crawlers: CrawlerPolicy
    robots: str

    @classmethod
    def of(cls, publication: Publication) -> "SettingsAnswer":
        """The present settings."""
        return cls(**asdict(publication))


class SettingsChange(Schema):
    """What changes; what is left out stays."""

    title: Text | None = Field(default=None, min_length=1, max_length=TITLE_CHARACTERS)
    tagline: Text | None = Field(default=None, max_length=TAGLINE_CHARACTERS)
    description: Text | None = Field(default=None, max_length=TEXT_CHARACTERS)
    accent: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")] | None = None
    comment_policy: CommentPolicy | None = None
    posts_per_page: int | None = Field(default=None, ge=1, le=PER_PAGE_LIMIT)
    navigation: list[Link] | None = Field(default=None, max_length=LINKS_LIMIT)
    footer: Text | None = Field(default=None, max_length=TEXT_CHARACTERS)
    ai_crawlers: CrawlerPolicy | None = None
    robots: Text | None = Field(default=None, max_length=ROBOTS_CHARACTERS)

    def given(self) -> dict[str, Any]:
        """What was said, tidied like the form's fields."""
        values = {key: value for key, value in self.model_dump().items() if value is not None}
        return {key: value.strip() if isinstance(value, str) else value for key, value in values.items()}


class Event(Schema):
    """Somebody did something."""

    id: int
    at: datetime
    action: str = Field(examples=["post.published"])
    actor_id: int | None
    actor_name: str
    subject: str
    address: str = Field(description="The network that the request came from.")
    request_id: str
    details: dict[str, Any]

    @classmethod
    def of(cls, event: AuditEvent) -> "Event":
        """The entry."""
        return cls(**{name: getattr(event, name) for name in Event.model_fields})


class Events(ListAnswer):
    """Some of the log, the newest first."""

    events: list[Event]


class EventsQuery(PageQuery):
    """Which entries."""

    cursor: Text | None = Field(default=None, max_length=CURSOR_CHARACTERS)
    action: Text | None = Field(default=None, max_length=60, examples=["sign_in"])
    actor: Text | None = Field(default=None, max_length=120, description="A user name.")
    subject: Text | None = Field(default=None, max_length=200)
    since: Moment | None = None
    until: Moment | None = None
