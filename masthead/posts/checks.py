"""Checks before publishing: things that writers forget, each with one sentence that says what to do."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select

from masthead.db import db
from masthead.errors import Invalid
from masthead.media.models import Media
from masthead.posts.models import Post, PostSlug
from masthead.posts.working_copy.texts import WorkingText
from masthead.redirects.models import Redirect
from masthead.settings.publication import check_names
from masthead.settings.queries import publication
from masthead.text.plain import text_of

#: Search engines cut longer titles.
TITLE_CHARACTERS: Final = 70
#: In bytes. Readers on a phone wait seconds for a larger one.
PICTURE_BYTES: Final = 2_000_000
#: Links that are looked up; a text with more has its first ones checked.
MOST_LINKS: Final = 200
_PICTURE: Final = re.compile(r"<img\b[^>]*+>")
_ATTRIBUTE: Final = re.compile(r'\b(src|alt)="([^"]*+)"')
_LINK: Final = re.compile(r'<a\b[^>]*?\bhref="([^"]*+)"')
_CODE: Final = re.compile(r"<(pre|code)\b[^>]*+>.*?</\1>", re.DOTALL)
_HEADING: Final = re.compile(r"<h([1-6])\b")
#: The mark of editors for what is to come.
_TO_COME: Final = re.compile(r"\b(?:TK)+\b")
_POST: Final = re.compile(r"/blog/post/([^/?#]+)")


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """Something that is missing or odd."""

    check: str
    message: str


def findings(text: WorkingText, html: str) -> list[CheckFinding]:
    """Return what a writer should look at before a text is published; queries what the text refers to."""
    return [
        *_of_fields(text, html),
        *_of_pictures(_PICTURE.findall(html)),
        *_of_headings([int(level) for level in _HEADING.findall(html)]),
        *_of_links(list(dict.fromkeys(_LINK.findall(html)))[:MOST_LINKS]),
    ]


def _of_fields(text: WorkingText, html: str) -> Iterator[CheckFinding]:
    if len(text.title) > TITLE_CHARACTERS:
        sentence = (
            f"The title has {len(text.title)} characters. Search results show about {TITLE_CHARACTERS}."
        )
        yield CheckFinding("long_title", sentence)
    if not text.summary.strip():
        yield CheckFinding(
            "no_excerpt", "The post has no excerpt. Lists and cards show its beginning instead."
        )
    written = f"{text.title} {text.summary} {text_of(_CODE.sub(' ', html))}"
    marks = len(_TO_COME.findall(written))
    if marks:
        places = "once" if marks == 1 else f"{marks} times"
        yield CheckFinding("to_come", f"TK stands in the text {places}. Replace it with what is to come.")


def _of_pictures(elements: Sequence[str]) -> Iterator[CheckFinding]:
    pictures = [dict(_ATTRIBUTE.findall(element)) for element in elements]
    stored = _stored({picture.get("src", "") for picture in pictures})
    without = [
        picture
        for picture in pictures
        if not picture.get("alt", "").strip() and not stored.get(picture.get("src", ""), (False, 0))[0]
    ]
    if without:
        count = "A picture has" if len(without) == 1 else f"{len(without)} pictures have"
        yield CheckFinding("no_alternative_text", f"{count} no alternative text. Describe what it shows.")
    large = [size for _, size in stored.values() if size > PICTURE_BYTES]
    if large:
        yield CheckFinding(
            "large_picture", f"A picture has {max(large) / 1_000_000:.1f} MB. Use a smaller one."
        )


def _stored(sources: set[str]) -> Mapping[str, tuple[bool, int]]:
    """Return whether our pictures are decorative, and their bytes, by address."""
    paths = {source.removeprefix("/media/"): source for source in sources if source.startswith("/media/")}
    if not paths:
        return {}
    rows = db.session.execute(
        select(Media.path, Media.decorative, Media.size).where(Media.path.in_(list(paths)[:MOST_LINKS]))
    )
    return {paths[row.path]: (row.decorative, row.size) for row in rows}


def _of_headings(levels: Sequence[int]) -> Iterator[CheckFinding]:
    for before, level in zip((1, *levels), levels, strict=False):
        if level > before + 1:
            yield CheckFinding(
                "heading_levels", f"A heading of level {level} follows one of level {before}. Skip no level."
            )
            return


def _of_links(addresses: Sequence[str]) -> Iterator[CheckFinding]:
    site: str = current_app.config["SITE_URL"]
    paths = [address.removeprefix(site) for address in addresses]
    ours = [unquote(urlsplit(path).path) for path in paths if path.startswith("/") and path[1:2] != "/"]
    slugs = [match[1] for path in ours if (match := _POST.fullmatch(path))]
    rows = (
        db.session.execute(
            select(PostSlug.slug, Post.is_published)
            .join(Post, Post.id == PostSlug.post_id)
            .where(PostSlug.slug.in_(slugs))
        ).all()
        if slugs
        else []
    )
    known = {row[0]: bool(row[1]) for row in rows}
    adapter = current_app.url_map.bind("")
    missing = [path for path in ours if not adapter.test(path, "GET")]
    missing += [f"/blog/post/{slug}" for slug in slugs if slug not in known]
    moved = (
        set(db.session.scalars(select(Redirect.path).where(Redirect.path.in_(missing)))) if missing else set()
    )
    for slug, is_published in known.items():
        if not is_published:
            yield CheckFinding(
                "link_to_draft", f"The link to /blog/post/{slug} leads to a post that readers cannot see."
            )
    for path in missing:
        if path not in moved:
            yield CheckFinding("dead_link", f"The link to {path[:200]} leads to no page of this site.")


def blocking() -> frozenset[str]:
    """Return the names of the checks that keep a post from being published, by the settings."""
    return frozenset(check_names(publication().blocking_checks))


def level_of(finding: CheckFinding, blocking: frozenset[str]) -> Literal["advice", "blocking"]:
    """Return what a finding means to a writer."""
    return "blocking" if finding.check in blocking else "advice"


def check_blocking(text: WorkingText, html: str, blocking: frozenset[str]) -> None:
    """Raise `Invalid` for findings of the checks that keep a post from being published."""
    if not blocking:
        return
    found = [finding.message for finding in findings(text, html) if finding.check in blocking]
    if found:
        raise Invalid(f"This cannot be published yet. {' '.join(found)}", field="body")
