"""The front page, the page of a post, and the accent colour."""

from typing import NamedTuple

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead.accounts.access import visitor
from masthead.db import db
from masthead.errors import NotFound
from masthead.posts import queries as posts
from masthead.posts import view_counter
from masthead.posts.models import Post
from masthead.posts.permissions import can_edit, can_see
from masthead.settings.queries import publication
from masthead.text.colours import accent_variants
from masthead.web.access import public

bp = Blueprint("site", __name__)

SECOND_STORIES = 3
LATEST_STORIES = 12
RELATED_POSTS = 3


class Link(NamedTuple):
    """A post to go on to."""

    title: str
    url: str


class Neighbours(NamedTuple):
    """Where to go on from a post."""

    previous: Link | None
    next: Link | None
    related: list[Link]


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    """The front page: one lead story, some second stories, then the latest."""
    newest = (
        db.session.scalars(posts.newest_first().limit(1 + SECOND_STORIES + LATEST_STORIES)).unique().all()
    )
    return render_template(
        "site/home.html",
        lead=newest[0] if newest else None,
        seconds=newest[1 : 1 + SECOND_STORIES],
        latest=newest[1 + SECOND_STORIES :],
    )


@bp.get("/blog/post/<slug>")
@public
def post(slug: str) -> ResponseReturnValue:
    """A post with its comments, or the way to its present address."""
    user = visitor()
    try:
        found = posts.by_slug(slug)
    except NotFound:
        present = posts.present_slug(slug)
        if present is None:
            raise
        return redirect(url_for("site.post", slug=present), code=301)
    if not can_see(user, found):
        raise NotFound("There is no such post.")
    is_theirs = user is not None and can_edit(user, found)
    if found.is_published and not is_theirs:
        view_counter.note(found.id)
    return render_template(
        "site/post.html",
        post=found,
        can_edit=is_theirs,
        neighbours=_neighbours(found),
    )


def _neighbours(found: Post) -> Neighbours:
    links: dict[str, list[Link]] = {"previous": [], "next": [], "related": []}
    if found.is_published:
        for row in posts.neighbours(found, related=RELATED_POSTS):
            links[row.relation].append(Link(row.title, url_for("site.post", slug=row.slug)))
    return Neighbours(next(iter(links["previous"]), None), next(iter(links["next"]), None), links["related"])


@bp.get("/theme.css")
@public
def theme() -> ResponseReturnValue:
    """The accent colour of the settings as custom properties, since the CSP forbids inline styles."""
    light, dark = accent_variants(publication().accent)
    css = f":root{{--accent:{light}}}@media(prefers-color-scheme:dark){{:root{{--accent:{dark}}}}}\n"
    response = Response(css, mimetype="text/css")
    # The address carries the colour (see the template), so this answer never changes.
    response.cache_control.max_age = (
        31_536_000 if request.args.get("v") == publication().accent.lstrip("#") else 60
    )
    response.cache_control.public = True
    return response
