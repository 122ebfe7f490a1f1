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
    """What the people who run the site decide about it. Each attribute is a setting of the same name."""

    title: str = "Masthead"
    tagline: str = ""
    description: str = ""
    accent: str = DEFAULT_ACCENT
    language: str = "en"
    #: The IANA name of the zone in which readers see dates, and days and months begin.
    time_zone: str = time_zones.DEFAULT
    #: Which comments wait for a moderator: none, somebody's first, or all.
    comment_policy: CommentPolicy = "first"
    posts_per_page: int = 20
    navigation: tuple[NavLink, ...] = ()
    footer: str = ""
    #: Whether crawlers that collect texts for language models are asked to stay away.
    ai_crawlers: CrawlerPolicy = "allow"
    #: Rules of one's own for crawlers, added to robots.txt.
    robots: str = ""
    #: The address that ids in feeds are made with; kept by the first start with a public SITE_URL, and never changed.
    feed_origin: str = ""


#: The settings that pages show; other rows are notes of the site to itself.
NAMES = frozenset(field.name for field in fields(Publication))
