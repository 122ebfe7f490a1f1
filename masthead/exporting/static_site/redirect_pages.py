"""Redirects without a server: a page for each old address that can be a file, and all of them in `_redirects`."""

from collections.abc import Iterator
from html import escape
from typing import Final
from urllib.parse import quote

from sqlalchemy.orm import Session

from masthead.exporting import queries
from masthead.pages.links import ABOUT
from masthead.posts.lifecycle import State
from masthead.redirects.models import Target

#: The file that Netlify, Cloudflare Pages and others read.
FILE: Final = "_redirects"


def page(target: str) -> str:
    """A page that leads on, without a script."""
    address = escape(target)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Moved</title>\n'
        f'<meta name="robots" content="noindex">\n<link rel="canonical" href="{address}">\n'
        f'<meta http-equiv="refresh" content="0; url={address}">\n</head>\n'
        f'<body><p>This page has moved: <a href="{address}">{address}</a></p></body>\n</html>\n'
    )


def line(old: str, new: str) -> str:
    """A line of the file; both are encoded, so that neither has a space."""
    return f"{old} {new} 301\n"


def all_redirects(session: Session) -> Iterator[tuple[str, str]]:
    """Old paths, not encoded, and present ones or URLs, encoded. Only public texts have one."""
    for batch in queries.light_post_batches(session):
        public = {post.id: post.slug for post in batch if post.state is State.PUBLISHED}
        for post_id, paths in queries.former_addresses(session, Target.POST, list(public)).items():
            yield from ((path, f"/blog/post/{quote(public[post_id])}") for path in paths)
    for pages in queries.page_batches(session):
        shown = {one.id: one.slug for one in pages if one.is_public}
        for page_id, paths in queries.former_addresses(session, Target.PAGE, list(shown)).items():
            slug = shown[page_id]
            yield from ((path, f"/{ABOUT}" if slug == ABOUT else f"/page/{quote(slug)}") for path in paths)
    yield from ((path, quote(new.rstrip("/"))) for path, new in queries.redirects_to_lists(session))
    yield from queries.redirects_elsewhere(session)
