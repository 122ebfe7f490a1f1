"""Renders texts that are not stored, with the renderer of the page itself."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import make_transient

from masthead.content.rendering import (
    BODY_CHARACTERS,
    SUMMARY_CHARACTERS,
    TITLE_CHARACTERS,
    UNTITLED,
    RenderedText,
    render_text,
)
from masthead.db import db
from masthead.errors import Invalid
from masthead.media import external
from masthead.posts import checks
from masthead.posts.checks import CheckFinding
from masthead.posts.models import Post, PostTag
from masthead.posts.working_copy.texts import WorkingText, storable
from masthead.tags import queries as tags
from masthead.tags.models import Tag
from masthead.text.names import name_key
from masthead.text.plain import is_visible
from masthead.text.slugs import slugify


@dataclass(frozen=True, slots=True)
class Preview:
    """A rendered text."""

    html: str
    words: int
    reading_minutes: int
    warnings: tuple[str, ...]
    findings: tuple[CheckFinding, ...] = ()


def preview(text: WorkingText) -> Preview:
    """Render a text as its page would show it; raises `Invalid` for one that is too long."""
    done = _render(text)
    found = tuple(checks.findings(text, done.html))
    warnings = (*done.warnings, *(finding.message for finding in found))
    html = external.with_copies(done.html)
    return Preview(html, done.words, done.reading_minutes, warnings, found)


def _render(text: WorkingText) -> RenderedText:
    for name, limit in (
        ("title", TITLE_CHARACTERS),
        ("summary", SUMMARY_CHARACTERS),
        ("body", BODY_CHARACTERS),
    ):
        if len(getattr(text, name)) > limit:
            raise Invalid(f"This text has more than {limit} characters.", field=name)
    title = storable(text.title)
    return render_text(
        title=title if is_visible(title) else UNTITLED,
        summary=storable(text.summary),
        body=storable(text.body),
    )


def with_text(post: Post, text: WorkingText) -> Post:
    """Return the post as it would be with a text; it is detached, so that nothing stores it."""
    done = _render(replace(text, tags=()))
    found = _tags(text.tags)
    db.session.expunge(post)
    make_transient(post)
    post.title, post.summary, post.body = done.title, text.summary, text.body
    post.html, post.excerpt = external.with_copies(done.html), done.excerpt
    post.toc = [list(heading) for heading in done.toc]
    post.words, post.reading_minutes = done.words, done.reading_minutes
    post.tag_rows = [PostTag(tag=tag, tag_id=tag.id, position=n) for n, tag in enumerate(found)]
    return post


def _tags(names: tuple[str, ...]) -> list[Tag]:
    """Return the tags with these names, in order; new ones are not stored."""
    keys = {name_key(tags.tidy(name)): tags.tidy(name) for name in names}
    known = {tag.key: tag for tag in db.session.scalars(tags.with_keys(list(keys)))} if keys else {}
    return [known.get(key) or Tag(key=key, name=name, slug=slugify(name)) for key, name in keys.items()]
