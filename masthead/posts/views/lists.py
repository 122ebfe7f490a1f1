"""Lists of posts for readers. `site` owns the page of a post, because that page also shows comments."""

from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from masthead import pagecache
from masthead.db import ResultPage, paginated
from masthead.errors import NotFound
from masthead.people.access import visitor
from masthead.posts import public_people, queries, summaries, tagging
from masthead.posts.lists import counts, selections
from masthead.posts.lists.selections import Selection
from masthead.posts.summaries import PostSummary
from masthead.settings.queries import publication
from masthead.web.access import public
from masthead.web.paging import page_number

bp = Blueprint("posts", __name__)


@bp.get("/")
@public
@pagecache.cached("page")
def index() -> ResponseReturnValue:
    """List all posts, newest first."""
    page = paginated(
        queries.newest_first(),
        summaries.load_illustrated,
        page=page_number(),
        per_page=publication().posts_per_page,
        total=counts.published(),
    )
    return render_template("posts/index.html", page=page)


@bp.get("/tag/<slug>")
@public
@pagecache.cached("page")
def tag(slug: str) -> ResponseReturnValue:
    """List the posts with a tag; one that only drafts carry is visible to people who may see them."""
    found, count = tagging.tag_at(slug, reader=visitor())
    if found.slug != slug:
        return redirect(url_for("posts.tag", slug=found.slug), code=301)
    return render_template("posts/tag.html", tag=found, page=_page_of(selections.about(found), count))


def _page_of(selection: Selection, count: int) -> ResultPage[PostSummary]:
    posts = queries.among(selection, count=count)
    return paginated(
        posts,
        summaries.load_illustrated,
        page=page_number(),
        per_page=publication().posts_per_page,
        total=count,
    )


@bp.get("/author/<username>")
@public
@pagecache.cached("page")
def author(username: str) -> ResponseReturnValue:
    """Show a person and the posts that credit them."""
    user, count = public_people.named(username, reader=visitor())
    if user.username != username:
        return redirect(url_for("posts.author", username=user.username), code=301)
    return render_template("posts/author.html", author=user, page=_page_of(selections.by(user), count))


@bp.get("/archive/")
@public
@pagecache.cached()
def archive() -> ResponseReturnValue:
    """List the months with their number of posts."""
    years = [
        (year, [(datetime(year, month, 1, tzinfo=UTC), count) for _, month, count in months])
        for year, months in groupby(counts.by_month(), key=itemgetter(0))
    ]
    return render_template("posts/archive.html", years=years)


@bp.get("/archive/<int:year>/<int:month>")
@public
@pagecache.cached("page")
def month(year: int, month: int) -> ResponseReturnValue:
    """List the posts of a month."""
    if not (1 <= year <= 9_998 and 1 <= month <= 12):
        raise NotFound("There is no such month.")
    page = paginated(
        queries.of_month(year, month),
        summaries.load_illustrated,
        page=page_number(),
        per_page=publication().posts_per_page,
    )
    if page.total == 0:
        raise NotFound("Nothing was published in this month.")
    return render_template("posts/month.html", month=datetime(year, month, 1, tzinfo=UTC), page=page)
