"""The publication's settings as one typed, immutable value."""

from dataclasses import dataclass, fields
from typing import Literal

from masthead import time_zones

CrawlerPolicy = Literal["allow", "disallow"]
CommentPolicy = Literal["everybody", "first", "all"]
ROBOTS_CHARACTERS = 10_000
TITLE_CHARACTERS = 80
TAGLINE_CHARACTERS = 160
DEFAULT_ACCENT = "#b3261e"


@dataclass(frozen=True, slots=True)
class NavLink:
    """One link of the publication's own navigation."""

    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Publication:
    """The settings of the publication. Each attribute is a setting of that name."""

    title: str = "Masthead"
    tagline: str = ""
    description: str = ""
    accent: str = DEFAULT_ACCENT
    language: str = "en"
    #: The IANA name of the time zone of readers, for dates and for the start of days and months.
    time_zone: str = time_zones.DEFAULT
    #: The comments that wait for a moderator: none, a person's first ones, or all.
    comment_policy: CommentPolicy = "first"
    posts_per_page: int = 20
    navigation: tuple[NavLink, ...] = ()
    footer: str = ""
    #: True to ask crawlers that collect texts for language models to stay away.
    ai_crawlers: CrawlerPolicy = "allow"
    #: The publication's own rules for crawlers, added to robots.txt.
    robots: str = ""
    #: The origin of ids in feeds; the first start with a public SITE_URL stores it, and it never changes.
    feed_origin: str = ""


#: The settings that pages show; other rows are internal state of the site.
NAMES = frozenset(field.name for field in fields(Publication))
