"""Imports for administrators: upload an export, read its dry run, import it, stop and go on."""

from typing import Final

from flask import Blueprint, flash, make_response, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from wtforms import BooleanField, FileField, SelectField
from wtforms.validators import DataRequired

from masthead import clock
from masthead.db import db
from masthead.errors import Invalid, NotFound
from masthead.importing.browser import actions, files, queries, read_models, tasks
from masthead.importing.browser.formats import ImportFormat
from masthead.importing.browser.models import UploadedExport, UploadState
from masthead.jobs import enqueue
from masthead.people import reauthentication
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.people.reauthentication import requires_reauthentication
from masthead.web.forms.base import Form, choice, redisplays_expired_form
from masthead.web.middleware import body_limits

bp = Blueprint("imports_admin", __name__)

LISTED: Final = 50
#: Seconds after which the page of a running import loads again.
REFRESH_SECONDS: Final = 2


class ImportForm(Form):
    """An export to upload."""

    kind = SelectField("System", choices=[choice(one.value, one.label) for one in ImportFormat])
    file = FileField(
        "Export",
        [DataRequired("Choose the file that the old system has exported.")],
        description="As large as MAX_UPLOAD_MB allows. WordPress: an .xml file, better packed as .gz or .zip. Ghost: .json or .zip. "
        "Substack and Medium: the .zip. Markdown: the folder as .zip. An archive of Masthead: the .zip. Larger ones: masthead import on the server.",
    )
    is_fetching = BooleanField("Fetch pictures from the old site", default=True)


@bp.get("")
@requires(Permission.MANAGE_SETTINGS)
def index() -> ResponseReturnValue:
    """List uploaded exports, newest first, with the form for another."""
    return _list(ImportForm(formdata=None))


@bp.post("")
@requires(Permission.MANAGE_SETTINGS)
@body_limits.takes_files
@redisplays_expired_form
def upload() -> ResponseReturnValue:
    """Upload an export and begin its dry run."""
    form = ImportForm()
    if not form.validate():
        return make_response(_list(form), 422)
    content, kind = form.file.data, ImportFormat(form.kind.data)
    actions.check_right(kind, current_user())
    if kind is ImportFormat.ARCHIVE and not reauthentication.is_recent():
        # A file cannot be carried along by the page that asks for the password.
        flash("An archive brings accounts. Enter your password, then choose the file again.")
        confirm = url_for("reauthentication.confirm", next=url_for("imports_admin.index"))
        return redirect(confirm, code=303)
    made = actions.create(
        kind,
        content.filename or "",
        is_fetching=form.is_fetching.data,
        by=current_user(),
        at=clock.now(),
    )
    files.keep(made.id, files.upload_of(made.id, made.kind, made.name), content.stream)
    made.job_id = enqueue(tasks.check, made.id, current_user().id)
    upload_id = made.id
    db.session.commit()
    return redirect(url_for("imports_admin.show", upload_id=upload_id), code=303)


@bp.get("/<int:upload_id>")
@requires(Permission.MANAGE_SETTINGS)
def show(upload_id: int) -> ResponseReturnValue:
    """Show the state and the report of an import."""
    found = _found(upload_id)
    row = read_models.rows([found], queries.abandoned([found]))[0]
    page = render_template("admin/import.html", row=row, report=read_models.summary(found))
    response = make_response(page)
    if row.is_running:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@bp.post("/<int:upload_id>/run")
@requires(Permission.MANAGE_SETTINGS)
@requires_reauthentication
def run(upload_id: int) -> ResponseReturnValue:
    """Begin the import, or go on with it. Without a finished dry run, make that first."""
    found = actions.get(upload_id)
    if not files.upload_of(found.id, found.kind, found.name).is_file():
        raise Invalid("The uploaded file is not on this server any more. Upload it again.")
    actions.begin(found, by=current_user())
    if found.state == UploadState.IMPORTING:
        found.job_id = enqueue(tasks.run, found.id, current_user().id)
    else:
        found.job_id = enqueue(tasks.check, found.id, current_user().id)
    db.session.commit()
    return redirect(url_for("imports_admin.show", upload_id=upload_id), code=303)


@bp.post("/<int:upload_id>/stop")
@requires(Permission.MANAGE_SETTINGS)
def stop(upload_id: int) -> ResponseReturnValue:
    """Stop a dry run or an import after the present batch; what is imported stays."""
    actions.stop(actions.get(upload_id))
    db.session.commit()
    flash("It stops after the present batch.")
    return redirect(url_for("imports_admin.show", upload_id=upload_id), code=303)


@bp.post("/<int:upload_id>/delete")
@requires(Permission.MANAGE_SETTINGS)
def delete(upload_id: int) -> ResponseReturnValue:
    """Delete an upload and its reports; imported texts stay."""
    actions.remove(actions.get(upload_id), by=current_user())
    db.session.commit()
    files.delete(upload_id)
    flash("Upload and reports are deleted. The imported texts stay.")
    return redirect(url_for("imports_admin.index"), code=303)


@bp.get("/<int:upload_id>/<any(report, 'dry-run'):name>.json")
@requires(Permission.MANAGE_SETTINGS)
def download(upload_id: int, name: str) -> ResponseReturnValue:
    """Download a report."""
    path = files.report_of(_found(upload_id).id, dry_run=name == "dry-run")
    if not path.is_file():
        raise NotFound("There is no such report.")
    return send_file(
        path, mimetype="application/json", as_attachment=True, download_name=f"import-{upload_id}-{name}.json"
    )


def _found(upload_id: int) -> UploadedExport:
    found = db.session.get(UploadedExport, upload_id)
    if found is None:
        raise NotFound("There is no such import.")
    return found


def _list(form: ImportForm) -> str:
    rows = db.session.scalars(select(UploadedExport).order_by(UploadedExport.id.desc()).limit(LISTED)).all()
    return render_template(
        "admin/imports.html", form=form, rows=read_models.rows(rows, queries.abandoned(rows))
    )
