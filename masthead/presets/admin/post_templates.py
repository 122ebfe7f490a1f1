"""Post templates for editors."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead.db import db
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.presets import actions, queries
from masthead.presets.admin import saving
from masthead.presets.forms import TemplateForm
from masthead.presets.models import PostTemplate
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.middleware import body_limits
from masthead.web.paging import page_number

bp = Blueprint("post_templates_admin", __name__)


@bp.get("")
@requires(Permission.EDIT_POSTS)
def index() -> ResponseReturnValue:
    """List all post templates, or those that contain the search text."""
    wanted = request.args.get("q", "").strip()
    page = queries.summaries(PostTemplate, wanted, page=page_number())
    return render_template("admin/post_templates.html", page=page, wanted=wanted)


@bp.get("/create")
@requires(Permission.EDIT_POSTS)
def create() -> ResponseReturnValue:
    """Show the form for a new post template."""
    return render_template("admin/post_template.html", form=TemplateForm(), template=None)


@bp.post("/create")
@requires(Permission.EDIT_POSTS)
@redisplays_expired_form
@body_limits.takes(body_limits.ARTICLE_BYTES)
def store() -> ResponseReturnValue:
    """Create a post template."""
    form = TemplateForm()
    made = saving.created(PostTemplate, form)
    if made is None:
        return render_template("admin/post_template.html", form=form, template=None), 422
    db.session.commit()
    flash(f"Template created: {made.name}.")
    return redirect(url_for("post_templates_admin.index"), code=303)


@bp.get("/<int:template_id>")
@requires(Permission.EDIT_POSTS)
def edit(template_id: int) -> ResponseReturnValue:
    """Show the form for an existing post template."""
    found = queries.get(PostTemplate, template_id)
    return render_template("admin/post_template.html", form=_form_of(found), template=found)


@bp.post("/<int:template_id>")
@requires(Permission.EDIT_POSTS)
@redisplays_expired_form
@body_limits.takes(body_limits.ARTICLE_BYTES)
def save(template_id: int) -> ResponseReturnValue:
    """Change a post template; posts that began before stay as they are."""
    found = queries.get_to_change(PostTemplate, template_id)
    # A field that the request omits keeps its stored value.
    form = _form_of(found)
    if not saving.is_changed(found, form):
        found = queries.get(PostTemplate, template_id)
        return render_template("admin/post_template.html", form=form, template=found), 422
    db.session.commit()
    flash(f"Template saved: {found.name}.")
    return redirect(url_for("post_templates_admin.index"), code=303)


@bp.post("/<int:template_id>/delete")
@requires(Permission.EDIT_POSTS)
def delete(template_id: int) -> ResponseReturnValue:
    """Delete a post template."""
    found = queries.get_to_change(PostTemplate, template_id)
    name = found.name
    actions.delete(found, by=current_user(), expected_version=None)
    db.session.commit()
    flash(f"Template deleted: {name}.")
    return redirect(url_for("post_templates_admin.index"), code=303)


def _form_of(template: PostTemplate) -> TemplateForm:
    return TemplateForm(
        name=template.name,
        title=template.title,
        body=template.body,
        tags=", ".join(template.tags),
        version=template.version,
    )
