"""Restores posts and pages. Each has a savepoint with everything that belongs to it, so it is here whole or not at all."""

from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from masthead.archive import below_posts, documents, parsing, tables
from masthead.archive.below_posts import BelowPosts
from masthead.archive.records import in_batches
from masthead.archive.restore_run import RestoredItem, RestoreOutcome, RestoreRun
from masthead.db import db, insert_unique, snapshot
from masthead.media import external
from masthead.pages.models import Page, PageSlug
from masthead.posts.models import Post, PostByline, PostSlug, PostTag
from masthead.text.anchors import with_ids
from masthead.text.excerpts import excerpt, reading_minutes
from masthead.text.markdown.renderer import Rendered, render

#: Posts of one transaction.
POSTS_AT_ONCE: Final = 20
_TAKEN: Final = "Its address belongs to another text here."


class _AddressTaken(Exception):
    """The slug redirects to another text."""


def restore_posts(run: RestoreRun) -> None:
    """Add the posts that are missing; a post with the same slug stays as it is."""
    present, below = _present(Post), BelowPosts(run.archive)
    for batch in in_batches(run.archive.slugs("posts"), POSTS_AT_ONCE):
        items = [_post_item(slug, present, below, run) for slug in batch]
        if not run.dry_run:
            db.session.commit()
            db.session.expunge_all()
        for item in items:
            run.tell(item)
    run.posts = {slug: found[0] for slug, found in present.items()}


def restore_pages(run: RestoreRun) -> None:
    """Add the pages that are missing; a page with the same slug stays as it is."""
    present = _present(Page)
    for slug in run.archive.slugs("pages"):
        place = f"pages/{slug}.md"
        fields, body = documents.parsed(place, run.archive.text(place))
        found = parsing.parse(tables.PAGES, fields | {"body": body}, place)
        outcome, reason = _foreseen(found, present), ""
        if outcome is RestoreOutcome.IMPORTED and not run.dry_run:
            try:
                with db.session.begin_nested():
                    present[slug] = (_add_page(found, fields, run).id, "")
            except (IntegrityError, _AddressTaken):
                outcome, reason = RestoreOutcome.FAILED, _TAKEN
            db.session.commit()
            db.session.expunge_all()
        status = "published" if found["is_public"] else "draft"
        run.tell(RestoredItem(place, "page", outcome, found["title"], status, reason))
    run.pages = {slug: found[0] for slug, found in present.items()}


def _present(model: type[Post] | type[Page]) -> dict[str, tuple[int, str]]:
    """The texts that are here: id and last change, by slug."""
    with snapshot() as session:
        found = session.execute(select(model.slug, model.id, model.updated_at))
        return {slug: (text_id, changed.isoformat()) for slug, text_id, changed in found}


def _foreseen(found: dict[str, Any], present: dict[str, tuple[int, str]]) -> RestoreOutcome:
    here = present.get(found["slug"])
    if here is None:
        return RestoreOutcome.IMPORTED
    is_same = here[1] == found["updated_at"].isoformat()
    return RestoreOutcome.UNCHANGED if is_same else RestoreOutcome.KEPT


def _post_item(
    slug: str, present: dict[str, tuple[int, str]], below: BelowPosts, run: RestoreRun
) -> RestoredItem:
    place = f"posts/{slug}.md"
    fields, body = documents.parsed(place, run.archive.text(place))
    found = parsing.parse(tables.POSTS, fields | {"body": body}, place)
    outcome, reason = _foreseen(found, present), ""
    comments = list(below.comments.of(slug))
    if outcome is RestoreOutcome.IMPORTED and not run.dry_run:
        try:
            with db.session.begin_nested():
                post = _add_post(found, fields, run)
                _add_below(post, found["version"], comments, below, run)
                present[slug] = (post.id, "")
        except (IntegrityError, _AddressTaken):
            outcome, reason = RestoreOutcome.FAILED, _TAKEN
    status = found["status"].value
    return RestoredItem(place, "post", outcome, found["title"], status, reason, len(comments))


def _add_post(found: dict[str, Any], fields: dict[str, Any], run: RestoreRun) -> Post:
    found = run.localized(found)
    rendered = render(found["body"])
    post = Post(
        **found,
        **_html(rendered, fields),
        excerpt=excerpt(rendered.plain),
        words=rendered.words,
        reading_minutes=reading_minutes(rendered.words),
        author_id=run.user(fields["author"]),
        byline_rows=[
            PostByline(user_id=user_id, position=position)
            for position, user_id in enumerate(
                dict.fromkeys(run.user(name) for name in fields.get("bylines") or [])
            )
        ],
        tag_rows=[
            PostTag(tag_id=tag_id, position=position)
            for position, tag_id in enumerate(
                dict.fromkeys(run.tags[slug] for slug in fields.get("tags") or [])
            )
        ],
    )
    db.session.add(post)
    db.session.flush()
    _claim(PostSlug, PostSlug.slug, found["slug"], fields, {"post_id": post.id}, run)
    run.written["posts"] += 1
    return post


def _add_below(post: Post, version: int, comments: list[Any], below: BelowPosts, run: RestoreRun) -> None:
    slug, post_id = post.slug, post.id
    below_posts.restore_revisions(post_id, below.revisions.of(slug), run)
    approved = below_posts.restore_comments(post_id, comments, run)
    below_posts.restore_notes(post_id, below.notes.of(slug), run)
    below_posts.restore_views(post_id, below.statistics.of(slug))
    # SQLAlchemy begins at version 1, whatever the row says.
    change = update(Post).where(Post.id == post_id).values(version=version, comment_count=approved)
    db.session.execute(change, execution_options={"synchronize_session": False})


def _add_page(found: dict[str, Any], fields: dict[str, Any], run: RestoreRun) -> Page:
    found = run.localized(found)
    page = Page(**found, **_html(render(found["body"]), fields))
    db.session.add(page)
    db.session.flush()
    _claim(PageSlug, PageSlug.slug, found["slug"], fields, {"page_id": page.id}, run)
    change = update(Page).where(Page.id == page.id)
    change = change.values(version=found["version"], updated_at=found["updated_at"])
    db.session.execute(change, execution_options={"synchronize_session": False})
    run.written["pages"] += 1
    return page


def _html(rendered: Rendered, fields: dict[str, Any]) -> dict[str, Any]:
    html = with_ids(external.with_copies(rendered.html), fields.get("heading_ids") or {})
    return {"html": html, "toc": [[heading.level, heading.id, heading.text] for heading in rendered.toc]}


def _claim(
    model: type[Any], column: Any, slug: str, fields: dict[str, Any], owner: dict[str, int], run: RestoreRun
) -> None:
    """Take the slug, and the former ones that are free; raises `_AddressTaken`."""
    if not insert_unique(model, column, slug, **owner):
        raise _AddressTaken
    for former in fields.get("former_slugs") or []:
        if former != slug and not insert_unique(model, column, former, **owner):
            run.problems.append(f"The former address {former} of {slug} belongs to another text here.")
