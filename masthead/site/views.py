"""The front page, the page of a post, and the accent colour."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Gone

from masthead import clock, pagecache
from masthead.comments import actions as comments
from masthead.comments.errors import CommentsClosed
from masthead.comments.forms import CommentForm, id_from
from masthead.comments.links import comment_url
from masthead.db import db
from masthead.errors import Invalid, NotFound
from masthead.people.access import current_user, requires, visitor
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts import queries as posts
from masthead.posts import summaries, view_counter
from masthead.posts.models import Post
from masthead.posts.permissions import can_edit, can_see
from masthead.settings.queries import publication
from masthead.site import articles, discussions, post_page
from masthead.site import redirects as old_addresses
from masthead.site.articles import Article
from masthead.text.colours import accent_variants
from masthead.web.access import public
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.forms.field_errors import show_others
from masthead.web.limits import throttling
from masthead.web.limits.throttling import LimitReached
from masthead.web.middleware import body_limits
from masthead.web.paging import page_number

bp = Blueprint("site", __name__)

SECOND_STORIES = 3
LATEST_STORIES = 12


@bp.get("/")
@public
@pagecache.cached(*old_addresses.NUMBERS)
def home() -> ResponseReturnValue:
    """The front page: one lead story, some second stories, then the latest ones."""
    moved = old_addresses.url_of_numbered(request.path, request.args)
    if moved is not None:
        return redirect(moved, code=301)
    newest = summaries.load_illustrated(posts.newest_first().limit(1 + SECOND_STORIES + LATEST_STORIES))
    page = make_response(
        render_template(
            "site/home.html",
            lead=newest[0] if newest else None,
            seconds=newest[1 : 1 + SECOND_STORIES],
            latest=newest[1 + SECOND_STORIES :],
        )
    )
    if not request.args.keys().isdisjoint(old_addresses.NUMBERS):
        # Anybody can invent numbers, and each would be one more copy of this page in the cache.
        page.cache_control.no_store = True
    return page


@bp.get("/blog/post/<slug>")
@public
@pagecache.cached("comments", "comment")
def post(slug: str) -> ResponseReturnValue:
    """Show a post with its comments, or redirect to its present slug."""
    article = articles.at(slug)
    if article is None:
        try:
            found = _post_at(slug)
        except NotFound:
            return _end_of(slug)
        if found.slug != slug:
            return redirect(url_for("site.post", slug=found.slug), code=301)
        article = articles.of(found)
    reader = visitor()
    if "comment" in request.args:
        return _to_comment(article, reader)
    page = page_number("comments") if "comments" in request.args else None
    if article.post.is_published and not (reader is not None and can_edit(reader, article.post)):
        view_counter.note(article.post.id)
    return post_page.render(article, reply_to=id_from(request.args.get("reply_to")), page=page)


def _end_of(slug: str) -> ResponseReturnValue:
    """Answer for a post that readers cannot see: it has expired, or there is none."""
    ended = posts.expired_at_slug(slug)
    if ended is None:
        raise NotFound("There is no such post.")
    if ended[0] is None:
        raise Gone
    return redirect(ended[0], code=301)


def _to_comment(article: Article, reader: User | None) -> ResponseReturnValue:
    """Redirect to the page of a long thread that shows the comment, or to its first page."""
    comment_id = id_from(request.args["comment"])
    page = discussions.page_of(article, reader, comment_id)
    place = article.place("comments") if page is None else f"comment-{comment_id}"
    number = page if page is not None and page > 1 else None
    return redirect(url_for("site.post", slug=article.post.slug, comments=number, _anchor=place), code=302)


@bp.post("/blog/post/<slug>/comment")
@requires(Permission.COMMENT)
@redisplays_expired_form
@body_limits.takes(body_limits.LONG_FORM_BYTES)
def comment(slug: str) -> ResponseReturnValue:
    """Comment on a post or reply to a comment; the form keeps a rejected text."""
    form = CommentForm()
    text = form.rendered()
    if text is None:
        show_others(form, lambda: comments.validate(_post_at(slug), None, form.parent, by=current_user()))
        return post_page.render(_article_at(slug), form=form, reply_to=form.parent), 422
    try:
        throttling.count("comment", str(current_user().id))
    except LimitReached as error:
        # The text stays in the form, so that people can send it again after a moment.
        form.show(Invalid(error.description or ""))
        page = post_page.render(_article_at(slug), form=form, reply_to=form.parent)
        return page, 429, {"Retry-After": str(error.retry_after)}
    found = _post_at(slug)
    try:
        written = comments.write(found, text, by=current_user(), at=clock.now(), parent_id=form.parent)
    except (Invalid, CommentsClosed) as error:
        db.session.rollback()
        form.show(error)
        page = post_page.render(_article_at(slug), form=form, reply_to=form.parent)
        return page, 422 if isinstance(error, Invalid) else 409
    db.session.commit()
    return redirect(comment_url(written, found), code=303)


def _article_at(slug: str) -> Article:
    return articles.of(_post_at(slug))


def _post_at(slug: str) -> Post:
    """Return the post with this slug, present or former, if the visitor can see it."""
    try:
        found = posts.by_slug(slug)
    except NotFound:
        present = posts.present_slug(slug)
        if present is None:
            raise
        found = posts.by_slug(present)
    if not can_see(visitor(), found):
        raise NotFound("There is no such post.")
    return found


@bp.get("/theme.css")
@public
@pagecache.cached("v")
def theme() -> ResponseReturnValue:
    """Serve the accent colour as custom properties, because the CSP forbids inline styles."""
    light, dark = accent_variants(publication().accent)
    css = f":root{{--accent:{light}}}@media(prefers-color-scheme:dark){{:root{{--accent:{dark}}}}}\n"
    response = Response(css, mimetype="text/css")
    # The URL contains the colour (see the template), so this answer never changes.
    response.cache_control.max_age = (
        31_536_000 if request.args.get("v") == publication().accent.lstrip("#") else 60
    )
    response.cache_control.public = True
    return response
