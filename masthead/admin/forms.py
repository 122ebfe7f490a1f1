"""The form for the settings of the publication."""

from dataclasses import asdict
from typing import Any

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import choices
from wtforms.validators import DataRequired, Length, NumberRange, Regexp, ValidationError

from masthead.db.pagination import PER_PAGE_LIMIT
from masthead.errors import Invalid
from masthead.settings import navigation
from masthead.settings.publication import (
    CHECKS,
    PICTURE_CHARACTERS,
    ROBOTS_CHARACTERS,
    TAGLINE_CHARACTERS,
    TITLE_CHARACTERS,
    Publication,
    check_names,
)
from masthead.text.languages import LANGUAGE
from masthead.web.forms.base import Form, time_zone_field, trimmed
from masthead.web.forms.fields import FilledIfSent

TEXT_CHARACTERS = 1_000
#: WTForms requires its own class here; the published types lack it.
choice: Any = vars(choices)["SelectChoice"]
POLICIES = [
    choice("first", "Hold first-time commenters"),
    choice("all", "Hold every comment"),
    choice("everybody", "Publish every comment at once"),
]
CRAWLERS = [
    choice("allow", "Allow"),
    choice("disallow", "Block"),
]
TOO_LONG = "This has at most %(max)d characters."


class SettingsForm(Form):
    """The settings of the publication."""

    title = StringField(
        "Title",
        [
            DataRequired("Give the publication a title."),
            Length(max=TITLE_CHARACTERS, message=TOO_LONG),
        ],
        [trimmed],
    )
    tagline = StringField(
        "Tagline",
        [Length(max=TAGLINE_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description="One line below the title.",
    )
    description = TextAreaField(
        "Description",
        [Length(max=TEXT_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description="A sentence or two for search engines and feeds.",
    )
    logo = StringField(
        "Logo",
        [Length(max=PICTURE_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description="Address of a picture in the media library, such as /media/ab/cdef.svg. It replaces the title above every page.",
    )
    icon = StringField(
        "Icon",
        [Length(max=PICTURE_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description="Address of a square picture in the media library, for the tabs of browsers.",
    )
    accent = StringField(
        "Accent colour",
        [Regexp(r"#[0-9a-fA-F]{6}\Z", message="Write the colour like #b3261e.")],
        [trimmed],
        description="Used for links and marks. Masthead derives shades with enough contrast for light and dark mode.",
    )
    language = StringField(
        "Language",
        [Regexp(LANGUAGE, message="Write the language as a code like en, de or pt-BR.")],
        [trimmed],
        description="The language that most posts are written in, as a code like en, de or pt-BR.",
    )
    time_zone = time_zone_field("Readers see dates in this time zone. Days and months begin at its midnight.")
    comment_policy = SelectField("Comments", choices=POLICIES)
    posts_per_page = IntegerField(
        "Posts per page",
        [
            FilledIfSent("Enter the number of posts per page."),
            NumberRange(1, PER_PAGE_LIMIT, "A page shows %(min)s to %(max)s posts."),
        ],
    )
    blocking_checks = StringField(
        "Blocking checks",
        [Length(max=TEXT_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description=f"Checks that keep a post from being published, separated by commas: {', '.join(CHECKS)}. Others only advise.",
    )
    navigation = TextAreaField(
        "Navigation",
        [Length(max=20_000, message=TOO_LONG)],
        [trimmed],
        description="One link per line, as Label | URL. For example: About | /about",
    )
    footer = TextAreaField(
        "Footer",
        [Length(max=TEXT_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description="A line at the end of every page, such as who is responsible for it.",
    )
    ai_crawlers = SelectField(
        "AI crawlers",
        choices=CRAWLERS,
        description="Written to robots.txt, which well-behaved crawlers follow. Doesn't affect search engines.",
    )
    robots = TextAreaField(
        "More rules for robots.txt",
        [Length(max=ROBOTS_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description="Added to the rules that Masthead writes. For example: User-agent: Badbot, and on the next line Disallow: /",
    )

    @classmethod
    def of(cls, publication: Publication) -> "SettingsForm":
        """Return the form filled with the present settings."""
        return cls(**asdict(publication) | {"navigation": navigation.written(publication.navigation)})

    def validate_navigation(self, field: TextAreaField) -> None:
        """Check each line (WTForms calls this by its name)."""
        try:
            navigation.parse(field.data or "")
        except Invalid as error:
            raise ValidationError(error.message) from None

    def validate_blocking_checks(self, field: StringField) -> None:
        """Check each name (WTForms calls this by its name)."""
        try:
            check_names(field.data or "")
        except Invalid as error:
            raise ValidationError(error.message) from None

    def settings(self) -> dict[str, Any]:
        """Return the values to store."""
        links = navigation.parse(self.navigation.data or "")
        zone = {} if self.time_zone.data is None else {"time_zone": self.time_zone.data}
        return zone | {
            "title": " ".join((self.title.data or "").split()),
            "tagline": self.tagline.data or "",
            "description": self.description.data or "",
            "logo": self.logo.data or "",
            "icon": self.icon.data or "",
            "accent": (self.accent.data or "").lower(),
            "language": self.language.data or "",
            "comment_policy": self.comment_policy.data,
            "blocking_checks": self.blocking_checks.data or "",
            "posts_per_page": self.posts_per_page.data,
            "navigation": [asdict(link) for link in links],
            "footer": self.footer.data or "",
            "ai_crawlers": self.ai_crawlers.data,
            "robots": (self.robots.data or "").replace("\r\n", "\n"),
        }
