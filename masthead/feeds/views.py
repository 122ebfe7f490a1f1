"""Feeds of the site, of a tag, of an author and of the comments below a post, each in three formats."""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from masthead import clock, pagecache
from masthead.errors import NotFound
from masthead.feeds import atom, contents, json_feed, rss
from masthead.feeds.feed import Feed
from masthead.posts import public_people, tagging
from masthead.posts import queries as posts
from masthead.web.access import public
from masthead.web.middleware.sessionless import sessionless

bp = Blueprint("feeds", __name__)


class FeedFormat(NamedTuple):
    """A feed format: its writer and its media type."""

    media_type: str
    render: Callable[[Feed], bytes]


FORMATS = {
    atom.FILE: FeedFormat(atom.MEDIA_TYPE, atom.render),
    rss.FILE: FeedFormat(rss.MEDIA_TYPE, rss.render),
    json_feed.FILE: FeedFormat(json_feed.MEDIA_TYPE, json_feed.render),
}
FILE = f"<any({', '.join(repr(name) for name in FORMATS)}):file>"


@bp.get(f"/{FILE}")
@public
@pagecache.cached()
@sessionless
def site(file: str) -> ResponseReturnValue:
    """The newest posts as a feed."""
    return _answer(contents.of_site(), file)


#: The feed URLs that other systems use, and the format that clients expect there.
USUAL_ADDRESSES = {
    "/feed": atom.FILE,
    "/feed/atom": atom.FILE,
    "/atom.xml": atom.FILE,
    "/feed/rss": rss.FILE,
    "/rss": rss.FILE,
    "/index.xml": rss.FILE,
}


@public
@pagecache.cached()
@sessionless
def usual() -> ResponseReturnValue:
    """Redirect a common feed URL to the feed."""
    file = USUAL_ADDRESSES[request.path.rstrip("/")]
    return redirect(url_for("feeds.site", file=file), code=301)


for address in USUAL_ADDRESSES:
    bp.add_url_rule(address, view_func=usual, methods=["GET"], strict_slashes=False)


@bp.get(f"/blog/tag/<slug>/{FILE}")
@public
@pagecache.cached()
@sessionless
def tag(slug: str, file: str) -> ResponseReturnValue:
    """The newest posts with a tag as a feed."""
    found, count = tagging.tag_at(slug, reader=None)
    if found.slug != slug:
        return redirect(url_for("feeds.tag", slug=found.slug, file=file), code=301)
    return _answer(contents.of_tag(found, count), file)


@bp.get(f"/blog/author/<username>/{FILE}")
@public
@pagecache.cached()
@sessionless
def author(username: str, file: str) -> ResponseReturnValue:
    """The newest posts that credit a person as a feed."""
    user, count = public_people.named(username, reader=None)
    if user.username != username:
        return redirect(url_for("feeds.author", username=user.username, file=file), code=301)
    return _answer(contents.of_author(user, count), file)


@bp.get(f"/blog/post/<slug>/{FILE}")
@public
@pagecache.cached()
@sessionless
def comments(slug: str, file: str) -> ResponseReturnValue:
    """The newest comments below a post as a feed."""
    try:
        post = posts.by_slug(slug)
    except NotFound:
        present = posts.present_slug(slug)
        if present is None:
            raise
        return redirect(url_for("feeds.comments", slug=present, file=file), code=301)
    if not post.is_published:
        raise NotFound("There is no such post.")
    return _answer(contents.of_comments(post), file)


def _answer(feed: Feed, file: str) -> Response:
    """Return the feed in the format of the file name; 304 if the client has it."""
    chosen = FORMATS[file]
    body = chosen.render(feed)
    response = Response(body, content_type=f"{chosen.media_type}; charset=utf-8")
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.last_modified = feed.changed
    # Clients may store it, but revalidate each time: an unpublished post must disappear at once.
    response.cache_control.public = True
    response.cache_control.no_cache = True
    response.make_conditional(request)
    # HTTP dates have whole seconds. A change may follow within the same second, so Last-Modified is one second early
    # and a client that revalidates by time alone asks again.
    if feed.changed >= clock.now().replace(microsecond=0):
        response.last_modified = feed.changed - timedelta(seconds=1)
    return response
