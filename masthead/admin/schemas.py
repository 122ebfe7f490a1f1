"""The API shapes of the settings and the audit log."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from masthead.admin.forms import TEXT_CHARACTERS
from masthead.audit.models import AuditEvent
from masthead.db.pagination import PER_PAGE_LIMIT
from masthead.settings.navigation import ADDRESS_CHARACTERS, LABEL_CHARACTERS, LINKS_LIMIT
from masthead.settings.publication import (
    PICTURE_CHARACTERS,
    ROBOTS_CHARACTERS,
    TAGLINE_CHARACTERS,
    TITLE_CHARACTERS,
    CommentPolicy,
    CrawlerPolicy,
    Publication,
)
from masthead.web.api.paging import CURSOR_CHARACTERS
from masthead.web.api.schemas import ListAnswer, Moment, PageQuery, Schema, Text, TimeZone


class Link(Schema):
    """A link of the navigation."""

    label: Text = Field(min_length=1, max_length=LABEL_CHARACTERS, examples=["About"])
    path: Text = Field(
        min_length=1,
        max_length=ADDRESS_CHARACTERS,
        description="A path of this site, or an address that begins with https:// or http://.",
        examples=["/about"],
    )


class SettingsAnswer(Schema):
    """The settings of the publication."""

    title: str = Field(examples=["The Masthead"])
    tagline: str = Field(examples=["Rivers, and who lives by them"])
    description: str = Field(examples=["A magazine about rivers."])
    accent: str = Field(examples=["#b3261e"])
    logo: str = Field(
        description="The picture in place of the title, as its `address` in the media library; or empty.",
        examples=["/media/ab/cdef.svg"],
    )
    icon: str = Field(description="The picture in the browser's tab, likewise.", examples=[""])
    language: str = Field(examples=["en"])
    time_zone: str = Field(
        description="The IANA name of the zone in which readers see dates.", examples=["Europe/Berlin"]
    )
    comment_policy: CommentPolicy
    posts_per_page: int = Field(examples=[10])
    blocking_checks: str = Field(
        description="Checks that keep a post from being published, separated by commas.", examples=["to_come"]
    )
    navigation: list[Link]
    footer: str = Field(examples=["Printed on the river bank."])
    ai_crawlers: CrawlerPolicy
    robots: str = Field(description="Further lines of robots.txt.", examples=["Disallow: /drafts/"])
    feed_origin: str = Field(
        description="The address that ids in feeds are made with. The first start with a public SITE_URL sets it permanently.",
        examples=["https://magazine.example"],
    )

    @classmethod
    def of(cls, publication: Publication) -> "SettingsAnswer":
        """Return the present settings."""
        return cls(**asdict(publication))


class SettingsChange(Schema):
    """A change of settings; omitted members stay."""

    title: Text | None = Field(
        default=None, min_length=1, max_length=TITLE_CHARACTERS, examples=["The Masthead"]
    )
    tagline: Text | None = Field(
        default=None, max_length=TAGLINE_CHARACTERS, examples=["Rivers, and who lives by them"]
    )
    description: Text | None = Field(
        default=None, max_length=TEXT_CHARACTERS, examples=["A magazine about rivers."]
    )
    logo: Text | None = Field(
        default=None,
        max_length=PICTURE_CHARACTERS,
        description="The picture in place of the title, as its `address` in the media library; or empty.",
        examples=[""],
    )
    icon: Text | None = Field(
        default=None,
        max_length=PICTURE_CHARACTERS,
        description="The picture in the browser's tab, likewise.",
        examples=[""],
    )
    accent: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = Field(
        default=None, examples=["#b3261e"]
    )
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")] | None = Field(
        default=None, examples=["en"]
    )
    time_zone: TimeZone | None = Field(
        default=None,
        description="The IANA name of the zone in which readers see dates.",
        examples=["Europe/Berlin"],
    )
    comment_policy: CommentPolicy | None = None
    posts_per_page: int | None = Field(default=None, ge=1, le=PER_PAGE_LIMIT, examples=[10])
    blocking_checks: Text | None = Field(
        default=None,
        max_length=TEXT_CHARACTERS,
        description="Names of checks that keep a post from being published, separated by commas.",
        examples=["to_come, no_alternative_text"],
    )
    navigation: list[Link] | None = Field(default=None, max_length=LINKS_LIMIT)
    footer: Text | None = Field(
        default=None, max_length=TEXT_CHARACTERS, examples=["Printed on the river bank."]
    )
    ai_crawlers: CrawlerPolicy | None = None
    robots: Text | None = Field(
        default=None,
        max_length=ROBOTS_CHARACTERS,
        description="Further lines of robots.txt.",
        examples=["Disallow: /drafts/"],
    )

    def given(self) -> dict[str, Any]:
        """Return the given members, tidied as the form tidies its fields."""
        values = {key: value for key, value in self.model_dump().items() if value is not None}
        return {key: value.strip() if isinstance(value, str) else value for key, value in values.items()}


class Event(Schema):
    """An entry of the audit log."""

    id: int = Field(examples=[512])
    at: datetime = Field(examples=["2026-11-21T09:30:00Z"])
    action: str = Field(examples=["role.changed"])
    actor_id: int | None = Field(examples=[1])
    actor_name: str = Field(examples=["ada"])
    subject: str = Field(examples=["walt"])
    address: str = Field(description="The network that the request came from.", examples=["203.0.113.0/24"])
    request_id: str = Field(examples=["628eec64461fb8aa"])
    details: dict[str, Any] = Field(examples=[{"before": "reader", "after": "author"}])

    @classmethod
    def of(cls, event: AuditEvent) -> "Event":
        """Return the shape of an entry."""
        return cls(**{name: getattr(event, name) for name in Event.model_fields})


class Events(ListAnswer):
    """A page of the audit log, newest first."""

    events: list[Event]


class EventsQuery(PageQuery):
    """The filters of the audit log."""

    cursor: Text | None = Field(
        default=None,
        max_length=CURSOR_CHARACTERS,
        description="The `next_cursor` of the answer before.",
        examples=["WyIyMDI2LTExLTIxVDA5OjMwOjAwKzAwOjAwIiwgNTEyXQ"],
    )
    action: Text | None = Field(
        default=None,
        max_length=60,
        description="What was done, or the first word of several.",
        examples=["role"],
    )
    actor: Text | None = Field(
        default=None, max_length=120, description="The user name of whoever did it.", examples=["ada"]
    )
    subject: Text | None = Field(
        default=None, max_length=200, description="To whom or to what it was done.", examples=["walt"]
    )
    since: Moment | None = Field(default=None, description="Not earlier than this.")
    until: Moment | None = Field(
        default=None, description="Earlier than this.", examples=["2026-12-01T00:00:00Z"]
    )
