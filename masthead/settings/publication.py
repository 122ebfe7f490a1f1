"""The publication's settings as one typed, immutable value."""

from dataclasses import dataclass, fields
from typing import Literal

from masthead import time_zones
from masthead.errors import Invalid

CrawlerPolicy = Literal["allow", "disallow"]
CommentPolicy = Literal["everybody", "first", "all"]
ROBOTS_CHARACTERS = 10_000
TITLE_CHARACTERS = 80
TAGLINE_CHARACTERS = 160
PICTURE_CHARACTERS = 200
DEFAULT_ACCENT = "#b3261e"


#: The checks before publishing, of which the publication makes some blocking.
CHECKS = (
    "no_alternative_text", "to_come", "no_excerpt", "long_title", "heading_levels", "link_to_draft", "dead_link", "large_picture",
)  # fmt: skip


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
    #: The addresses of stored pictures: above every page in place of the title, and in the browser's tab. Or empty.
    logo: str = ""
    icon: str = ""
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
    #: Names of the checks that keep a post from being published, separated by commas; see `masthead.posts.checks`.
    blocking_checks: str = ""
    #: The origin of ids in feeds; the first start with a public SITE_URL stores it, and it never changes.
    feed_origin: str = ""


#: The settings that pages show; other rows are internal state of the site.
NAMES = frozenset(field.name for field in fields(Publication))


def check_names(text: str) -> tuple[str, ...]:
    """Return the names of checks in a comma-separated list; raises `Invalid` for unknown ones."""
    names = tuple(name for name in (part.strip() for part in text.split(",")) if name)
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        raise Invalid(
            f"There is no check “{unknown[0][:60]}”. Use these: {', '.join(CHECKS)}.", field="blocking_checks"
        )
    return names
