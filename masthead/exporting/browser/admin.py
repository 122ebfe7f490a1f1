"""Exports for administrators: ask for one, download it, delete it."""

from typing import Final

from flask import Blueprint, flash, make_response, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import SelectField

from masthead import audit, clock
from masthead.db import db
from masthead.errors import NotFound
from masthead.exporting.browser import actions, files, read_models, tasks
from masthead.exporting.browser.models import ExportFormat, ExportState, RequestedExport
from masthead.jobs import enqueue
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.web.forms.base import Form, choice, redisplays_expired_form

bp = Blueprint("exports_admin", __name__)

LISTED: Final = 20
#: Seconds after which the page loads again while an export is being made.
REFRESH_SECONDS: Final = 2


class ExportForm(Form):
    """The export that somebody asks for."""

    kind = SelectField(
        "Format",
        choices=[choice(one.value, read_models.LABELS[one]) for one in ExportFormat],
        description="The whole publication has posts with their history, comments, accounts without passwords, settings and files, "
        "for another Masthead. Markdown files have texts and pictures. The files for WordPress and Ghost have texts, authors and comments.",
    )


@bp.get("")
@requires(Permission.MANAGE_SETTINGS)
def index() -> ResponseReturnValue:
    """List exports, newest first, with the form for another."""
    return _list(ExportForm(formdata=None))


@bp.post("")
@requires(Permission.MANAGE_SETTINGS)
@redisplays_expired_form
def create() -> ResponseReturnValue:
    """Ask for an export."""
    form = ExportForm()
    if not form.validate():
        return _list(form, status=422)
    made = actions.create(ExportFormat(form.kind.data), by=current_user(), at=clock.now())
    made.job_id = enqueue(tasks.make, made.id)
    db.session.commit()
    return redirect(url_for("exports_admin.index"), code=303)


@bp.get("/<int:export_id>/export.zip")
@requires(Permission.MANAGE_SETTINGS)
def download(export_id: int) -> ResponseReturnValue:
    """Download an export."""
    found = actions.get(export_id, by=current_user())
    path = files.file_of(found.id)
    if found.state != ExportState.DONE or not path.is_file():
        raise NotFound("The file of this export is not on this server.")
    day = found.created_at.date().isoformat()
    return send_file(
        path, mimetype="application/zip", as_attachment=True, download_name=f"{found.kind}-{day}.zip"
    )


@bp.post("/<int:export_id>/delete")
@requires(Permission.MANAGE_SETTINGS)
def delete(export_id: int) -> ResponseReturnValue:
    """Delete an export and its file."""
    found = actions.get(export_id, by=current_user())
    actions.remove(found, by=current_user())
    audit.record("export.removed", by=current_user(), subject=found.kind)
    db.session.commit()
    files.delete(export_id)
    flash("The export is deleted.")
    return redirect(url_for("exports_admin.index"), code=303)


def _list(form: ExportForm, *, status: int = 200) -> ResponseReturnValue:
    actions.check_right(current_user())
    found = db.session.scalars(
        select(RequestedExport).order_by(RequestedExport.id.desc()).limit(LISTED)
    ).all()
    rows = read_models.rows(found, actions.abandoned(found))
    response = make_response(render_template("admin/exports.html", form=form, rows=rows), status)
    if any(row.is_working for row in rows):
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response
