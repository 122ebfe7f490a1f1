"""The API of posts, with the actions and permissions of the writer's pages."""

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, url_for
from werkzeug.exceptions import PreconditionFailed

from masthead import clock
from masthead.content.api import stale_version_is_412
from masthead.content.rendering import RenderedText, render_text
from masthead.db import db, paginated, snapshot
from masthead.errors import Invalid, NotFound
from masthead.media import external
from masthead.people.access import current_user, requires, visitor
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts import actions, pictures, queries, summaries
from masthead.posts.api.list_schemas import Fields, Posts, PostsQuery
from masthead.posts.api.requests import details_of, lead_picture_update, mistakes_in
from masthead.posts.api.schemas import PostAnswer, PostChange, PostInput, PostItem
from masthead.posts.details import lead_of
from masthead.posts.lifecycle import Status
from masthead.posts.lists import counts, filters
from masthead.posts.models import Post
from masthead.posts.permissions import can_edit, can_see, can_withdraw, check_editable
from masthead.posts.summaries import PostSummary
from masthead.posts.working_copy import journal
from masthead.unset import UNSET
from masthead.web.access import public
from masthead.web.api.operations import STALE, Answer, check_match, commit_and_answer, operation
from masthead.web.api.paging import address, cursor_of, links, numbered, page_links, position

bp = Blueprint("posts_api", __name__)

CHANGES = (401, 403, 404, 409, 412, 428)


def _mistakes(said: dict[str, Any], slug: str | None = None) -> Iterable[Invalid]:
    """Return the mistakes in a submitted post; nothing about a post that the person may not edit."""
    by, at = current_user(), clock.now()
    post = None if slug is None else db.session.scalar(queries.at_slug(slug))
    if slug is not None and (post is None or not can_edit(by, post)):
        return ()
    return mistakes_in(said, post, by=by, at=at)


@bp.get("")
@public
@operation("List posts", tag="posts", query=PostsQuery, answer=Posts, problems=(404,), is_conditional=True)
def index(query: PostsQuery) -> Answer:
    """Published posts, newest first; with a status, also those that the reader may edit."""
    chosen = _chosen(query.fields, PostItem)
    if query.cursor is not None:
        return _behind_cursor(query, chosen)
    selections = filters.selections_of(query)
    count = filters.count_of(selections, query)
    total = counts.published() if query.asks_for_all else count
    wanted = filters.posts(query, selections, count)
    page = paginated(wanted, summaries.load, page=query.page, per_page=query.per_page, total=total)
    last = page.items[-1] if page.items and page.has_next and query.sort == "-published_at" else None
    return Answer(
        Posts(
            posts=[PostItem.of(post) for post in page.items],
            next_cursor=_cursor(last),
            **numbered(page, query.per_page),
        ),
        headers=page_links(page),
        fields=chosen,
        items="posts",
    )


def _behind_cursor(query: PostsQuery, chosen: frozenset[str] | None) -> Answer:
    if query.sort != "-published_at":
        raise Invalid("A cursor leads through posts in the order -published_at only.", field="cursor")
    selections = filters.selections_of(query)
    count = filters.count_of(selections, query)
    behind = filters.posts(query, selections, count, position(query.cursor or ""))
    found = summaries.load(behind.limit(query.per_page + 1))
    shown = found[: query.per_page]
    cursor = _cursor(shown[-1]) if len(found) > query.per_page else None
    answer = Posts(
        posts=[PostItem.of(post) for post in shown],
        total=None,
        page=None,
        per_page=query.per_page,
        pages=None,
        next_cursor=cursor,
    )
    further = links(next={"cursor": cursor} if cursor else None)
    return Answer(answer, headers=further, fields=chosen, items="posts")


def _cursor(post: PostSummary | None) -> str | None:
    return cursor_of(post.published_at, post.id) if post is not None and post.published_at else None


def _chosen(names: str | None, shape: type[PostItem]) -> frozenset[str] | None:
    if names is None:
        return None
    chosen = frozenset(names.split(","))
    unknown = sorted(chosen - shape.model_fields.keys())
    if unknown:
        raise Invalid("These are not members of a post: " + ", ".join(unknown)[:200], field="fields")
    return chosen


@bp.post("")
@requires(Permission.WRITE)
@operation(
    "Create a post",
    tag="posts",
    body=PostInput,
    answer=PostAnswer,
    status=201,
    problems=(401, 403, 409),
    is_conditional=True,
    validator=_mistakes,
)
def create(body: PostInput) -> Response:
    """Create a draft, or a post of the given status; `published` requires the right to publish."""
    rendered = dataclasses.replace(_rendered_form(body), lead=lead_of(None, lead_picture_update(body)))
    by, at = current_user(), clock.now()
    post = actions.create(rendered, by=by, at=at, details=details_of(body, None, by=by, at=at))
    bring_to(post, body.status, body.published_at, by=by, at=at)
    return commit_and_answer(_made, post.slug, rendered.warnings + pictures.receive(post))


def _rendered_form(body: PostInput) -> RenderedText:
    return render_text(
        title=body.title, body=body.body, summary=body.summary, slug=body.slug, tags=tuple(body.tags)
    )


def _made(slug: str, warnings: list[str]) -> Answer:
    return dataclasses.replace(
        whole(slug, warnings=warnings), headers={"Location": address(url_for("posts_api.show", slug=slug))}
    )


def bring_to(post: Post, wish: str | None, when: datetime | None, *, by: User, at: datetime) -> None:
    """Apply the transition that leads to the given status."""
    match wish:
        case "published" if when is not None and when > at:
            actions.schedule(post, by=by, at=at, when=when)
        case "published":
            if post.status is not Status.PUBLIC or not post.is_published:
                actions.publish(post, by=by, at=at)
            if when is not None:
                actions.backdate(post, when=when)
        case "in_review" if post.status is not Status.IN_REVIEW:
            actions.submit(post, by=by, at=at)
        case "draft" if post.status is Status.PUBLIC:
            actions.unpublish(post, by=by, at=at)
        case "draft" if post.status is Status.IN_REVIEW and can_withdraw(by, post):
            actions.withdraw(post, by=by, at=at)
        case "draft" if post.status is Status.IN_REVIEW:
            actions.send_back(post, by=by, at=at)


def whole(slug: str, fields: frozenset[str] | None = None, *, warnings: Sequence[str] = ()) -> Answer:
    """Return the present state of a post."""
    post = queries.by_slug(slug)
    answer = PostAnswer.whole(post, warnings, has_working_copy=journal.is_open(post.id))
    return Answer(answer, etag=str(post.version), fields=fields)


@bp.get("/<slug>")
@public
@operation(
    "Read a post", tag="posts", query=Fields, answer=PostAnswer, problems=(301, 404), is_conditional=True
)
def show(slug: str, query: Fields) -> Answer | Response:
    """A published post, or one that the reader may edit. A former slug redirects to the present one."""
    chosen = _chosen(query.fields, PostAnswer)
    try:
        post = queries.by_slug(slug)
    except NotFound:
        present = queries.present_slug(slug)
        if present is None:
            raise
        target = address(url_for("posts_api.show", slug=present))
        return current_app.make_response(redirect(target, code=301))
    if not can_see(visitor(), post):
        raise NotFound("There is no such post.")
    reader = visitor()
    is_writer = reader is not None and can_edit(reader, post)
    warnings = external.warnings_about(post.html, post.lead_image) if is_writer else ()
    is_open = journal.is_open(post.id) if is_writer else None
    answer = PostAnswer.whole(post, warnings, has_working_copy=is_open)
    return Answer(answer, etag=str(post.version), fields=chosen)


def editable(slug: str) -> Post:
    """Return the post, if the person may edit it; raises `NotFound` for one that the person cannot see."""
    post = queries.by_slug(slug)
    check_editable(post, current_user(), refusal="Only its author or an editor can change this post.")
    return post


def _matching(slug: str) -> Post:
    post = editable(slug)
    check_match(str(post.version))
    return post


@bp.put("/<slug>")
@requires(Permission.WRITE)
@operation(
    "Replace a post",
    tag="posts",
    body=PostInput,
    answer=PostAnswer,
    problems=CHANGES,
    is_conditional=True,
    validator=_mistakes,
)
def replace(slug: str, body: PostInput) -> Response:
    """Replace the whole post."""
    rendered = _rendered_form(body)
    return _save(_matching(slug), rendered, body)


@bp.patch("/<slug>")
@requires(Permission.WRITE)
@operation(
    "Change a post",
    tag="posts",
    body=PostChange,
    answer=PostAnswer,
    problems=CHANGES,
    is_conditional=True,
    validator=_mistakes,
)
def change(slug: str, body: PostChange) -> Response:
    """Save the given members; omitted ones stay."""
    # Rendering comes before the change, which locks the row; a concurrent save makes the ETag stale.
    with snapshot() as session:
        seen = session.scalar(queries.at_slug(slug))
    if seen is None or not _is_matched(seen):
        # The change cannot succeed; the current, locked state decides which error to raise.
        seen = _matching(slug)
    rendered = render_text(
        title=seen.title if body.title is None else body.title,
        body=seen.body if body.body is None else body.body,
        summary=UNSET if body.summary is None else body.summary,
        slug=body.slug,
        tags=UNSET if body.tags is None else tuple(body.tags),
    )
    post = _matching(slug)
    if post.version != seen.version:
        raise PreconditionFailed(STALE)
    return _save(post, rendered, body)


def _is_matched(post: Post) -> bool:
    return "If-Match" in request.headers and request.if_match.contains(str(post.version))


def _save(post: Post, rendered: RenderedText, body: PostInput | PostChange) -> Response:
    by, at = current_user(), clock.now()
    rendered = dataclasses.replace(rendered, lead=lead_of(post, lead_picture_update(body)))
    details = details_of(body, post, by=by, at=at)
    with stale_version_is_412():
        actions.revise(post, rendered, by=by, at=at, expected_version=post.version, details=details)
    bring_to(post, body.status, body.published_at, by=by, at=at)
    warnings = rendered.warnings + pictures.receive(post)
    return commit_and_answer(whole, post.slug, warnings=warnings)


@bp.delete("/<slug>")
@requires(Permission.WRITE)
@operation("Move a post to the trash", tag="posts", status=204, problems=CHANGES, is_conditional=True)
def delete(slug: str) -> Response:
    """Move a post to the trash, where it can be restored for 30 days."""
    post = _matching(slug)
    if post.status is Status.TRASHED:
        raise NotFound("There is no such post.")
    actions.trash(post, by=current_user(), at=clock.now())
    return commit_and_answer(Answer, None)
