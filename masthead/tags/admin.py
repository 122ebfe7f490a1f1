"""Tags for administrators: create, rename, describe, merge and delete."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead.db import db, paginate
from masthead.errors import Conflict, Invalid
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.tags import actions, merging, queries, tagged_content
from masthead.tags.forms import MergeForm, TagForm
from masthead.tags.models import Tag
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.forms.field_errors import show_others
from masthead.web.paging import page_number

bp = Blueprint("tags_admin", __name__)

TAGS_OF_A_PAGE = 50


@bp.get("")
@requires(Permission.MANAGE_TAGS)
def index() -> ResponseReturnValue:
    """List all tags, or those whose name contains the search text."""
    wanted = request.args.get("q", "").strip()
    page = paginate(queries.named_like(wanted), page=page_number(), per_page=TAGS_OF_A_PAGE)
    counts = tagged_content.counts(page.items)
    return render_template("admin/tags.html", page=page, counts=counts, wanted=wanted)


@bp.get("/create")
@requires(Permission.MANAGE_TAGS)
def create() -> ResponseReturnValue:
    """Show the form for a new tag."""
    return render_template("admin/tag.html", form=TagForm(), tag=None)


@bp.post("/create")
@requires(Permission.MANAGE_TAGS)
@redisplays_expired_form
def store() -> ResponseReturnValue:
    """Create a tag."""
    form = TagForm()
    if form.validate() and (made := _stored(form)) is not None:
        db.session.commit()
        flash(f"Tag created: {made.name}.")
        return redirect(url_for("tags_admin.index"), code=303)
    show_others(form, lambda: actions.validate(form.right("name"), None))
    return render_template("admin/tag.html", form=form, tag=None), 422


@bp.get("/<int:tag_id>")
@requires(Permission.MANAGE_TAGS)
def edit(tag_id: int) -> ResponseReturnValue:
    """Show the form for an existing tag."""
    form = TagForm(obj=queries.get(tag_id))
    return _desk(tag_id, form, MergeForm(), 200)


@bp.post("/<int:tag_id>")
@requires(Permission.MANAGE_TAGS)
@redisplays_expired_form
def save(tag_id: int) -> ResponseReturnValue:
    """Rename or describe a tag; its address stays."""
    tag = queries.get(tag_id)
    # A field that the request omits keeps its stored value.
    form = TagForm(obj=tag)
    if form.validate() and _stored(form, tag) is not None:
        db.session.commit()
        flash(f"Tag saved: {tag.name}.")
        return redirect(url_for("tags_admin.edit", tag_id=tag_id), code=303)
    show_others(form, lambda: actions.validate(form.right("name"), queries.get(tag_id)))
    return _desk(tag_id, form, MergeForm(formdata=None), 422)


def _stored(form: TagForm, tag: Tag | None = None) -> Tag | None:
    """Return the tag as the form describes it, created if necessary; None if the form has errors."""
    name, by = form.name.data or "", current_user()
    try:
        if tag is None:
            return actions.make(name, description=form.described, by=by)
        actions.change(tag, name=name, description=form.described, by=by)
    except (Invalid, Conflict) as error:
        db.session.rollback()
        form.show(Invalid(error.message, field="name"))
        return None
    return tag


@bp.post("/<int:tag_id>/merge")
@requires(Permission.MANAGE_TAGS)
@redisplays_expired_form
def merge(tag_id: int) -> ResponseReturnValue:
    """Merge a tag into another one."""
    tag, form = queries.get(tag_id), MergeForm()
    if form.validate():
        old = tag.name
        try:
            into = _named(form.into.data or "")
            count = merging.merge(tag, into, by=current_user())
        except (Invalid, Conflict) as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            posts = "1 post" if count == 1 else f"{count} posts"
            flash(f"{old}: merged into {into.name} ({posts}).")
            return redirect(url_for("tags_admin.edit", tag_id=into.id), code=303)
    return _desk(tag_id, TagForm(formdata=None, obj=queries.get(tag_id)), form, 422)


@bp.post("/<int:tag_id>/delete")
@requires(Permission.MANAGE_TAGS)
def delete(tag_id: int) -> ResponseReturnValue:
    """Delete a tag that no post carries."""
    tag = queries.get(tag_id)
    name = tag.name
    merging.remove_unused(tag, by=current_user())
    db.session.commit()
    flash(f"Tag deleted: {name}.")
    return redirect(url_for("tags_admin.index"), code=303)


def _named(name: str) -> Tag:
    tag = queries.named(name)
    if tag is None:
        raise Invalid("There is no tag with this name. Write it as in the list of tags.", field="into")
    return tag


def _desk(tag_id: int, form: TagForm, merge_form: MergeForm, status: int) -> ResponseReturnValue:
    # Load the tag again: the rollback expired every object, and another request may have merged the tag.
    tag = queries.get(tag_id)
    carried = tagged_content.counts([tag]).get(tag_id, 0)
    page = render_template("admin/tag.html", form=form, merging=merge_form, tag=tag, carried=carried)
    return page, status
