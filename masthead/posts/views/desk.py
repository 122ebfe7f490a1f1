"""The pages of writers: create, edit, publish, trash and restore posts."""

import dataclasses
from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead import clock
from masthead.content.rendering import render_text
from masthead.db import db, paginated
from masthead.errors import DomainError, Invalid, NotFound
from masthead.media import external
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.posts import (
    actions,
    bylines,
    editor_page,
    messages,
    pictures,
    queries,
    read_models,
    review,
    summaries,
)
from masthead.posts.bulk import read_models as bulk_read_models
from masthead.posts.details import lead_of
from masthead.posts.forms.field_errors import check_moment, mistakes_in
from masthead.posts.forms.post import PostForm
from masthead.posts.lifecycle import Status
from masthead.posts.lists.desk_filters import ORDERS, DeskFilters, suggested_tags
from masthead.posts.models import Post
from masthead.posts.views import autosave_endpoints, conflicts, saving
from masthead.posts.views.saving import editable
from masthead.posts.working_copy import saves, shown
from masthead.posts.working_copy.texts import CannotMerge, WorkingText
from masthead.web.forms.base import redisplays_expired_form, warn
from masthead.web.forms.field_errors import show_others
from masthead.web.list_filters import FilterLink
from masthead.web.middleware import body_limits
from masthead.web.paging import page_number

bp = Blueprint("posts_desk", __name__)

POSTS_PER_PAGE = 30
#: The list links the last bulk action for so long, because it can be undone.
LATEST = timedelta(hours=1)


@bp.get("/create")
@requires(Permission.WRITE)
def create() -> ResponseReturnValue:
    """Show the editor for a new post; with ``?template=``, it begins with a copy of that post template."""
    return _desk(PostForm(**editor_page.begun_with(request.args.get("template"))), None, 200)


@bp.post("/create")
@requires(Permission.WRITE)
@redisplays_expired_form
@body_limits.takes(body_limits.ARTICLE_BYTES)
def store() -> ResponseReturnValue:
    """Create a post; JSON is the first autosave of a new one."""
    if request.mimetype == "application/json":
        return autosave_endpoints.create()
    form = PostForm()
    if form.validate():
        try:
            rendered = render_text(**form.new_content())
            rendered = dataclasses.replace(rendered, lead=lead_of(None, form.lead_picture_update()))
            by, at = current_user(), clock.now()
            post = actions.create(rendered, by=by, at=at, details=form.details(None, by=by, at=at))
            _take_step(post, form, at=at)
            pictures.receive(post)
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            flash(messages.said(_pressed(), post, by=current_user()))
            warn(rendered.warnings)
            return redirect(url_for("posts_desk.edit", post_id=post.id), code=303)
    _show_others(form, None)
    return _desk(form, None, 422)


@bp.get("/edit/<int:post_id>")
@requires(Permission.WRITE)
def edit(post_id: int) -> ResponseReturnValue:
    """Show the editor of a post, with its working copy; for one in the trash, offer to restore it."""
    post = editable(post_id)
    if post.status is Status.TRASHED:
        return render_template("posts/trashed.html", post=post)
    return _desk(PostForm.of(shown.now(post)), post, 200)


@bp.post("/edit/<int:post_id>")
@requires(Permission.WRITE)
@redisplays_expired_form
@body_limits.takes(body_limits.ARTICLE_BYTES)
def save(post_id: int) -> ResponseReturnValue:
    """Change a post; what others changed meanwhile is merged, or the page of conflicts follows."""
    form, saved = saving.open_form(post_id)
    mine, rendered = WorkingText(), None
    try:
        if form.validate():
            mine = form.working_text()
            # Rendering comes before the query: a query for a change takes SQLite's write lock.
            rendered = saves.rendered(mine, saved)
    except Invalid as error:
        form.show(error)
    if rendered is None:
        post = editable(post_id)
        _show_others(form, post)
        return _desk(form, queries.get(post_id), 422)
    try:
        post = saving.save(post_id, form, mine, rendered, then=_take_step)
    except CannotMerge as conflict:
        return conflicts.keep(post_id, form, conflict.mine)
    except saving.RightEnded:
        return conflicts.keep_for_former_writer(post_id, form, mine)
    except NotFound:
        raise
    except DomainError as error:
        db.session.rollback()
        form.show(error)
        if isinstance(error, Invalid):
            _show_others(form, queries.get(post_id))
        return _desk(form, queries.get(post_id), 422)
    db.session.commit()
    flash(messages.said(_pressed(), post, by=current_user()))
    warn(rendered.warnings)
    return redirect(url_for("posts_desk.edit", post_id=post.id), code=303)


def _show_others(form: PostForm, post: Post | None) -> None:
    """Show the remaining mistakes beside those of the form."""
    by, at = current_user(), clock.now()
    show_others(form, lambda: mistakes_in(form, post, action=_pressed(), by=by, at=at))


def _pressed() -> str:
    """Return the pressed button."""
    return request.form.get("action", "save")


def _take_step(post: Post, form: PostForm, *, at: datetime) -> None:
    """Apply the transition of the pressed button."""
    by = current_user()
    match _pressed():
        case "save":
            return
        case "submit":
            actions.submit(post, by=by, at=at)
        case "withdraw":
            actions.withdraw(post, by=by, at=at)
        case "return":
            actions.send_back(post, by=by, at=at, note=form.note.data or "")
        case "publish":
            actions.publish(post, by=by, at=at)
        case "schedule":
            actions.schedule(post, by=by, at=at, when=check_moment(form, post, at=at))
        case "unpublish":
            actions.unpublish(post, by=by, at=at)
        case _:
            raise Invalid("This button is unknown. Use one of the buttons below the text.")


def _desk(form: PostForm, post: Post | None, status: int) -> ResponseReturnValue:
    told = external.warnings_about(post.html, post.lead_image) if post and status == 200 else []
    notes = review.open_notes([post.id]) if post is not None and post.status is Status.DRAFT else {}
    page = render_template(
        "posts/edit.html",
        form=form,
        post=post,
        editor=read_models.editor(post, current_user()),
        page=editor_page.page_of(post, has_working_copy=form.seen is not None and form.seen.is_working_copy),
        told=told,
        note=notes.get(post.id) if post is not None else None,
        people=bylines.suggestions(),
    )
    return page, status


@bp.get("/delete/<int:post_id>")
@requires(Permission.WRITE)
def delete(post_id: int) -> ResponseReturnValue:
    """Ask for confirmation before moving a post to the trash."""
    post = editable(post_id)
    name = "trashed" if post.status is Status.TRASHED else "delete"
    return render_template(f"posts/{name}.html", post=post)


@bp.post("/delete/<int:post_id>")
@requires(Permission.WRITE)
def trash(post_id: int) -> ResponseReturnValue:
    """Move a post to the trash."""
    post = editable(post_id)
    actions.trash(post, by=current_user(), at=clock.now())
    db.session.commit()
    flash("The post is in the trash. You can restore it from there.")
    return redirect(url_for("posts_desk.my_posts"), code=303)


@bp.post("/restore/<int:post_id>")
@requires(Permission.WRITE)
def restore(post_id: int) -> ResponseReturnValue:
    """Restore a post from the trash."""
    post = editable(post_id)
    actions.restore(post, by=current_user(), at=clock.now())
    db.session.commit()
    flash("The post is restored as a draft.")
    return redirect(url_for("posts_desk.edit", post_id=post.id), code=303)


@bp.get("/my-posts")
@requires(Permission.WRITE)
def my_posts() -> ResponseReturnValue:
    """List one's own posts, by ``?status=``, ``?tag=`` and words of the title (``?q=``), in the order ``?sort=``."""
    by, chosen = current_user(), DeskFilters.of(request.args)
    if request.args.get("of") == "everybody" and by.can(Permission.EDIT_POSTS):
        # An address of earlier versions.
        return redirect(url_for("posts_admin.index", state=chosen.status or None))
    posts = chosen.applied_to(queries.written_by(by))
    page = paginated(posts, summaries.load, page=page_number(), per_page=POSTS_PER_PAGE)
    kept = chosen.parameters
    return render_template(
        "posts/my_posts.html",
        page=page,
        rows=read_models.rows(page.items),
        filters=read_models.filters(
            chosen.status, lambda shown: url_for("posts_desk.my_posts", **(kept | {"status": shown}))
        ),
        other=FilterLink("All posts", url_for("posts_admin.index"))
        if by.can(Permission.EDIT_POSTS)
        else None,
        values=kept,
        chosen=chosen,
        orders=ORDERS.items(),
        buttons=bulk_read_models.buttons(by, chosen.status),
        select_all_url=url_for("posts_desk.my_posts", **kept, page=page.number, select="all"),
        selects_all=request.args.get("select") == "all",
        latest=bulk_read_models.latest(by, since=clock.now() - LATEST),
        tags=suggested_tags(by) if page.items or chosen.is_any else [],
        is_filtered=chosen.is_any,
        nothing=read_models.NO_POSTS[chosen.status] if chosen.is_status_alone else "No posts match",
    )
