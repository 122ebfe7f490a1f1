"""Ghost's routes, by which posts, tags and authors keep their addresses, and the redirects of all others."""

import json
import re
from collections.abc import Iterator
from typing import Final

from sqlalchemy.orm import Session

from masthead.exporting import queries
from masthead.exporting.ghost.fields import fitting_slug
from masthead.pages.links import ABOUT
from masthead.redirects.models import Target

ROUTES: Final = """# Upload this file in Ghost under Settings, Labs: then all posts, tags and authors keep their addresses.
routes:
collections:
  /:
    permalink: /blog/post/{slug}/
    template: index
taxonomies:
  tag: /blog/tag/{slug}/
  author: /blog/author/{slug}/
"""
#: Lists and feeds that have another address in Ghost.
_LISTS: Final = {"/blog": "/", "/feed.xml": "/rss/", "/rss.xml": "/rss/"}


def redirects(session: Session) -> Iterator[str]:
    """The file of redirects, line by line. Their old addresses are regular expressions in Ghost."""
    yield "# Upload this file in Ghost under Settings, Labs.\n301:\n"
    for old, new in _pairs(session):
        yield f"  {json.dumps(_expression(old), ensure_ascii=False)}: {json.dumps(new, ensure_ascii=False)}\n"


def _expression(old: str) -> str:
    path, mark, query = old.partition("?")
    # A dot that stands for itself matches itself, too; with it escaped, few programs read the file.
    escaped = re.sub(r"[\\^$*+?()\[\]{}|]", lambda match: "\\" + match[0], path)
    return escaped + (f"\\?{re.escape(query)}" if mark else "")


def _pairs(session: Session) -> Iterator[tuple[str, str]]:
    yield from _LISTS.items()
    for batch in queries.page_batches(session):
        former = queries.former_addresses(session, Target.PAGE, [page.id for page in batch])
        for page in batch:
            old = [] if page.slug == ABOUT else [f"/page/{page.slug}"]
            for address in [*old, *former.get(page.id, [])]:
                yield address, f"/{fitting_slug(page.slug, page.id)}/"
    for posts in queries.light_post_batches(session):
        former = queries.former_addresses(session, Target.POST, [post.id for post in posts])
        for post in posts:
            slug = fitting_slug(post.slug, post.id)
            present = [] if slug == post.slug else [f"/blog/post/{post.slug}"]
            for address in [*present, *former.get(post.id, [])]:
                yield address, f"/blog/post/{slug}/"
    yield from queries.redirects_to_lists(session)
    yield from queries.redirects_elsewhere(session)
