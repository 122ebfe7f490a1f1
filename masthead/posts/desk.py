"""The writer's desk: making, changing, publishing, trashing and restoring posts."""

from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from masthead import clock
from masthead.accounts.access import current_user, requires
from masthead.accounts.permissions import Permission
from masthead.db import db, paginate
from masthead.errors import DomainError, Invalid, NotAllowed, NotFound
from masthead.posts import actions, counts, queries
from masthead.posts.forms import PostForm
from masthead.posts.lifecycle import State, Status
from masthead.posts.manuscript import typeset
from masthead.posts.models import Post
from masthead.posts.permissions import can_edit, can_publish
from masthead.web.forms import redisplays_expired_form
from masthead.web.paging import page_number

bp = Blueprint("posts_desk", __name__)

POSTS_PER_PAGE = 30
SAID: dict[State, str] = {
    State.DRAFT: "Your draft is saved.",
    State.IN_REVIEW: "Your post is with the editors.",
    State.SCHEDULED: "Your post is scheduled.",
    State.PUBLISHED: "Your post is public.",
    State.TRASHED: "Your post is in the trash.",
}


@bp.route("/create", methods=["GET", "POST"])
@requires(Permission.WRITE)
@redisplays_expired_form
def create() -> ResponseReturnValue:
    """Write a new post."""
    form = PostForm()
    if form.validate_on_submit():
        try:
            manuscript = typeset(**form.fields_of_manuscript())
            at = clock.now()
            post = actions.create(manuscript, by=current_user(), at=at)
            _take_step(post, form, at=at)
        except DomainError as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            flash(SAID[post.state])
            return redirect(url_for("posts_desk.edit", post_id=post.id), code=303)
    return _desk(form, None)


@bp.route("/edit/<int:post_id>", methods=["GET", "POST"])
@requires(Permission.WRITE)
@redisplays_expired_form
def edit(post_id: int) -> ResponseReturnValue:
    """Change a post."""
    if request.method == "GET":
        post = _editable(post_id)
        return _desk(PostForm.of(post), post)
    form = PostForm()
    manuscript = None
    valid = form.validate_on_submit()
    try:
        # Rendered before the post is read, because reading it to change it takes SQLite's write lock.
        manuscript = typeset(**form.fields_of_manuscript()) if valid else None
    except Invalid as error:
        form.show(error)
    post = _editable(post_id)
    if manuscript is None:
        return _desk(form, post)
    try:
        at = clock.now()
        actions.revise(post, manuscript, by=current_user(), at=at, expected_version=form.seen_version)
        _take_step(post, form, at=at)
    except DomainError as error:
        db.session.rollback()
        form.show(error)
        post = queries.get(post_id)
        form.version.data = str(post.version)
        return _desk(form, post)
    db.session.commit()
    flash(SAID[post.state])
    return redirect(url_for("posts_desk.edit", post_id=post.id), code=303)


def _editable(post_id: int) -> Post:
    """The post, for somebody who may edit it; others do not learn that it exists."""
    post = queries.get(post_id)
    if not can_edit(current_user(), post):
        if post.author_id == current_user().id or post.is_published:
            raise NotAllowed("Only an editor can change this post now.")
        raise NotFound("There is no such post.")
    return post


def _take_step(post: Post, form: PostForm, *, at: datetime) -> None:
    """Do what the pressed button says."""
    by = current_user()
    post.comments_open = bool(form.comments_open.data)
    match request.form.get("action", "save"):
        case "save":
            return
        case "submit":
            actions.submit(post, by=by, at=at)
        case "publish":
            actions.publish(post, by=by, at=at)
        case "schedule":
            when = form.published_at.kept(post.published_at)
            if when is None:
                raise Invalid("Say when the post should become public.", field="published_at")
            actions.schedule(post, by=by, at=at, when=when)
        case "unpublish":
            actions.unpublish(post, by=by, at=at)
        case _:
            raise Invalid("This button is unknown. Use one of the buttons below the text.")


def _desk(form: PostForm, post: Post | None) -> ResponseReturnValue:
    by = current_user()
    may_publish = by.can(Permission.PUBLISH) if post is None else can_publish(by, post)
    page = render_template("posts/edit.html", form=form, post=post, may_publish=may_publish)
    return page, 422 if request.method == "POST" else 200


@bp.route("/delete/<int:post_id>", methods=["GET", "POST"])
@requires(Permission.WRITE)
def delete(post_id: int) -> ResponseReturnValue:
    """Ask, then move a post to the trash."""
    post = _editable(post_id)
    if request.method == "GET":
        return render_template("posts/delete.html", post=post)
    actions.trash(post, by=current_user(), at=clock.now())
    db.session.commit()
    flash("The post is in the trash. You can restore it from there.")
    return redirect(url_for("posts_desk.my_posts"), code=303)


@bp.post("/restore/<int:post_id>")
@requires(Permission.WRITE)
def restore(post_id: int) -> ResponseReturnValue:
    """Take a post out of the trash."""
    post = _editable(post_id)
    actions.restore(post, by=current_user(), at=clock.now())
    db.session.commit()
    flash("The post is restored as a draft.")
    return redirect(url_for("posts_desk.edit", post_id=post.id), code=303)


@bp.get("/my-posts")
@requires(Permission.WRITE)
def my_posts() -> ResponseReturnValue:
    """One's own posts; for editors everybody's with ``?of=everybody``; of one state with ``?status=``."""
    by = current_user()
    of_everybody = request.args.get("of") == "everybody" and by.can(Permission.EDIT_POSTS)
    posts = queries.everybodys() if of_everybody else queries.written_by(by)
    status = request.args.get("status", "")
    posts = posts.where(_of_status(status))
    total = counts.kept() if of_everybody and not status else None
    page = paginate(posts, page=page_number(), per_page=POSTS_PER_PAGE, total=total)
    return render_template("posts/my_posts.html", page=page, status=status, of_everybody=of_everybody)


def _of_status(status: str) -> ColumnElement[bool]:
    """The condition of a list; ``public`` is scheduled and published together."""
    if not status:
        return Post.status != Status.TRASHED
    if status == Status.PUBLIC:
        return Post.status == Status.PUBLIC
    if status not in set(State):
        raise NotFound("There is no such list of posts.")
    return queries.in_state(State(status))
