"""Validates, renders and measures a text, without a database.

Rendering takes milliseconds, so it happens before a transaction begins; imports do it in other processes.
"""

from dataclasses import dataclass

from masthead.errors import Invalid, Mistakes
from masthead.tags import actions as tags
from masthead.text.excerpts import excerpt, reading_minutes
from masthead.text.markdown.renderer import Rendered, render
from masthead.text.names import tidy_title
from masthead.text.plain import is_storable, is_visible
from masthead.text.slugs import slugify
from masthead.unset import UNSET, Unset

#: The title of a draft that has none yet. Its slug is replaced when a title is saved.
UNTITLED = "Untitled"
TITLE_CHARACTERS = 300
SUMMARY_CHARACTERS = 1_000
SLUG_CHARACTERS = 200
#: Longer than the longest novels; a form field may hold it.
BODY_CHARACTERS = 4_000_000


@dataclass(frozen=True, slots=True)
class Picture:
    """The image above a post."""

    url: str
    alt: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A text ready to be stored: validated, rendered and measured."""

    title: str
    #: The requested slug; None keeps the present one, or makes one from the title.
    slug: str | None
    #: The group of translations: a new text has none, and a revised one keeps its own.
    summary: str | Unset
    body: str
    tags: tuple[str, ...] | Unset
    html: str
    excerpt: str
    toc: tuple[tuple[int, str, str], ...]
    words: int
    reading_minutes: int
    lead: Picture | Unset | None = UNSET
    #: Fragments of internal links that match no id in the text.
    dead_fragments: tuple[str, ...] = ()
    #: The names of elements that the sanitiser has removed.
    removed: tuple[str, ...] = ()

    @property
    def warnings(self) -> list[str]:
        """The warnings to its author after saving."""
        return [
            *(
                f"<{name}> is left out: a text cannot hold it. Link to what it shows instead."
                for name in self.removed
            ),
            *(f"The link to #{name} leads nowhere in this text." for name in self.dead_fragments),
        ]


def render_text(
    *,
    title: str,
    body: str,
    summary: str | Unset = UNSET,
    slug: str | None = None,
    tags: tuple[str, ...] | Unset = UNSET,
    lead: Picture | Unset | None = UNSET,
) -> RenderedText:
    """Validate and render a text; raises `Invalid` naming every invalid field."""
    mistakes = Mistakes()
    with mistakes:
        title = _checked_title(title)
    with mistakes:
        summary = _checked_summary(summary)
    with mistakes:
        slug = _checked_slug(slug)
    with mistakes:
        tags = tags if isinstance(tags, Unset) else tidy_tags(tags)
    with mistakes:
        rendered = _rendered(body)
    mistakes.settle()
    return RenderedText(
        title=title,
        slug=slug,
        summary=summary,
        body=body,
        tags=tags,
        html=rendered.html,
        excerpt=excerpt(rendered.plain),
        toc=tuple((heading.level, heading.id, heading.text) for heading in rendered.toc),
        words=rendered.words,
        reading_minutes=reading_minutes(rendered.words),
        lead=lead,
        dead_fragments=rendered.dead_fragments,
        removed=rendered.removed,
    )


def _checked_title(title: str) -> str:
    _check("title", title, TITLE_CHARACTERS)
    title = tidy_title(title)
    if not is_visible(title):
        raise Invalid("A post needs a title.", field="title")
    return title


def _checked_summary(summary: str | Unset) -> str | Unset:
    if isinstance(summary, Unset):
        return summary
    _check("summary", summary, SUMMARY_CHARACTERS)
    return summary.strip()


def _rendered(body: str) -> Rendered:
    _check("body", body, BODY_CHARACTERS)
    rendered = render(body)
    if rendered.is_source:
        raise Invalid(
            "This text has too much formatting for its length: marks, table cells or nested levels. Simplify it, or split it.",
            field="body",
        )
    return rendered


def tidy_tags(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags' names without duplicates; raises `Invalid`."""
    for name in names:
        _check("tags", name, BODY_CHARACTERS)
    tags.check_commas(names, field="tags")
    return tags.distinct(names)


def _check(field: str, text: str, limit: int) -> None:
    if not is_storable(text):
        raise Invalid("This text holds characters that cannot be stored.", field=field)
    if len(text) > limit:
        raise Invalid(f"This text is too long: {len(text)} characters of at most {limit}.", field=field)


def _checked_slug(slug: str | None) -> str | None:
    if slug is None or not slug.strip():
        return None
    _check("slug", slug, SLUG_CHARACTERS)
    return slugify(slug)
