"""The media library: a list with filters, uploads, and a page for each file."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from masthead import clock
from masthead.db import GREATEST_ID, db
from masthead.errors import Conflict, DomainError, Invalid
from masthead.media import actions, queries, usage
from masthead.media.library import read_models
from masthead.media.library.forms import EditForm, WordsForm
from masthead.media.models import FileKind, Media
from masthead.media.queries import MediaFilters
from masthead.media.uploads import intake, quotas
from masthead.media.words import Words
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.middleware import body_limits

bp = Blueprint("media_admin", __name__)

PER_PAGE: Final = 48
#: More files than this in one form without the script.
FILES_AT_ONCE: Final = 40


@bp.get("")
@requires(Permission.UPLOAD)
def index() -> ResponseReturnValue:
    """List the files, newest first, by words (``?q=``), kind, person (``by``), day (``since``) and use (``unused``)."""
    return _library()


@bp.post("")
@requires(Permission.UPLOAD)
@body_limits.takes_files
def upload() -> ResponseReturnValue:
    """Bring in the files of a form; each that is refused is named with the reason."""
    files = [file for file in request.files.getlist("file") if file.filename]
    if not files:
        flash("Choose at least one file first.", "warning")
        return redirect(url_for("media_admin.index"), code=303)
    added, refused = _bring_in(files[:FILES_AT_ONCE])
    for sentence in refused:
        flash(sentence, "warning")
    if added:
        flash(f"{len(added)} {'file' if len(added) == 1 else 'files'} uploaded.")
    if len(added) == 1 and not refused:
        return redirect(url_for("media_admin.edit", media_id=added[0]), code=303)
    return redirect(url_for("media_admin.index"), code=303)


@bp.get("/<int:media_id>")
@requires(Permission.UPLOAD)
def edit(media_id: int) -> ResponseReturnValue:
    """Show a file, its words, and where it is used."""
    return _page(queries.get(media_id, reader=current_user()))


@bp.post("/<int:media_id>")
@requires(Permission.UPLOAD)
@redisplays_expired_form
def describe(media_id: int) -> ResponseReturnValue:
    """Change the words and the focal point of a file."""
    form = WordsForm()
    media = queries.get_to_change(media_id, reader=current_user())
    if form.validate():
        try:
            actions.describe(media, form.words(is_picture=media.kind == FileKind.IMAGE), by=current_user())
        except Invalid as error:
            db.session.rollback()
            form.show(error)
        else:
            db.session.commit()
            flash("Saved.")
            return redirect(url_for("media_admin.edit", media_id=media_id), code=303)
    return _page(queries.get(media_id, reader=current_user()), words=form), 422


@bp.post("/<int:media_id>/edit")
@requires(Permission.UPLOAD)
@redisplays_expired_form
def crop(media_id: int) -> ResponseReturnValue:
    """Crop and turn a picture; every page that shows it follows."""
    form = EditForm()
    if form.validate():
        try:
            intake.edit(media_id, form.edit(), version=_version(), by=current_user(), at=clock.now())
        except (Invalid, Conflict) as error:
            db.session.rollback()
            form.show(error if isinstance(error, Invalid) else Invalid(error.message))
        else:
            db.session.commit()
            flash("The picture is changed wherever it is shown.")
            return redirect(url_for("media_admin.edit", media_id=media_id), code=303)
    return _page(queries.get(media_id, reader=current_user()), edits=form), 422


@bp.post("/<int:media_id>/replace")
@requires(Permission.UPLOAD)
@body_limits.takes_files
def replace(media_id: int) -> ResponseReturnValue:
    """Put another file at the address of this one; every page that shows it follows."""
    back = redirect(url_for("media_admin.edit", media_id=media_id), code=303)
    file = request.files.get("file")
    if file is None or not file.filename:
        flash("Choose a file first.", "warning")
        return back
    try:
        intake.replace(
            media_id, intake.parts_of(file.stream), version=_version(), by=current_user(), at=clock.now()
        )
    except (Invalid, Conflict) as error:
        db.session.rollback()
        flash(error.message, "warning")
        return back
    db.session.commit()
    flash("The file is replaced wherever it is shown.")
    return back


@bp.get("/<int:media_id>/delete")
@requires(Permission.UPLOAD)
def confirm_deletion(media_id: int) -> ResponseReturnValue:
    """Ask before a file goes to the trash, or is deleted from there, and say where it is used."""
    media = queries.get(media_id, reader=current_user())
    return render_template("media/delete.html", **_shown(media))


@bp.post("/<int:media_id>/delete")
@requires(Permission.UPLOAD)
def delete(media_id: int) -> ResponseReturnValue:
    """Move a file to the trash, or delete it permanently from there."""
    media = queries.get_to_change(media_id, reader=current_user())
    if media.trashed_at is not None:
        actions.purge(media, by=current_user())
        db.session.commit()
        flash("The file is deleted permanently.")
        return redirect(url_for("media_admin.index", trash=1), code=303)
    actions.trash(media, by=current_user(), at=clock.now())
    db.session.commit()
    flash("The file is in the trash. You can restore it there.")
    return redirect(url_for("media_admin.index"), code=303)


@bp.post("/<int:media_id>/restore")
@requires(Permission.UPLOAD)
def restore(media_id: int) -> ResponseReturnValue:
    """Take a file out of the trash."""
    media = queries.get_to_change(media_id, reader=current_user())
    actions.restore(media, by=current_user())
    db.session.commit()
    flash("The file is restored.")
    return redirect(url_for("media_admin.edit", media_id=media_id), code=303)


def _bring_in(files: Iterable[FileStorage]) -> tuple[list[int], list[str]]:
    """Bring in files, each in a transaction of its own: one that is refused takes no other with it."""
    added, refused = [], []
    for file in files:
        name = file.filename or ""
        try:
            found = intake.bring_in(
                intake.parts_of(file.stream), name=name, words=Words(), by=current_user(), at=clock.now()
            )
        except DomainError as error:
            db.session.rollback()
            refused.append(f"{name}: {error.message}")
        else:
            db.session.commit()
            added.append(found.media.id)
    return added, refused


def _library() -> str:
    user, filters = current_user(), _filters()
    statement = queries.library(user, filters)
    before = request.args.get("before", "")
    if position := _position(before):
        statement = queries.after(statement, position)
    found = db.session.scalars(statement.limit(PER_PAGE + 1)).unique().all()
    kept = {
        name: value
        for name in ("q", "kind", "by", "since", "unused", "trash", "view")
        if (value := request.args.get(name))
    }
    last = found[PER_PAGE - 1] if len(found) > PER_PAGE else None
    return render_template(
        "media/index.html",
        rows=read_models.rows(found[:PER_PAGE]),
        filters=filters,
        since=filters.since.date().isoformat() if filters.since else "",
        kinds=read_models.kinds(filters),
        is_list=request.args.get("view") == "list",
        is_filtered=any(kept.get(name) for name in ("q", "kind", "by", "since", "unused")),
        kept=kept,
        others={name: value for name, value in kept.items() if name != "view"},
        older=f"{last.created_at.isoformat()},{last.id}" if last else "",
        is_first=not before,
        room=read_models.room(quotas.left_for(user)),
    )


def _filters() -> MediaFilters:
    given = request.args
    return MediaFilters(
        q=given.get("q", "").strip(),
        kind=given.get("kind", "") if given.get("kind", "") in set(FileKind) else "",
        by=given.get("by", "").strip(),
        since=_day(given.get("since", "")),
        unused=bool(given.get("unused")),
        trashed=bool(given.get("trash")),
    )


def _day(value: str) -> datetime | None:
    """Return the beginning of a day such as 2026-11-30; None for anything else."""
    try:
        return datetime.combine(datetime.fromisoformat(value).date(), time(), tzinfo=clock.now().tzinfo)
    except ValueError:
        return None


def _position(value: str) -> tuple[datetime, int] | None:
    """Return the moment and the id of the last file of a page; None for anything else."""
    moment, _, number = value.rpartition(",")
    try:
        created_at, last_id = datetime.fromisoformat(moment), int(number)
    except ValueError:
        return None
    return (created_at, last_id) if created_at.tzinfo and 0 < last_id <= GREATEST_ID else None


def _version() -> int | None:
    given = request.form.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None


def _page(media: Media, *, words: WordsForm | None = None, edits: EditForm | None = None) -> str:
    said = {name: getattr(media, name) for name in ("alt", "decorative", "caption", "credit", "licence")}
    percent = {"focal_x": round(media.focal_x * 100, 1), "focal_y": round(media.focal_y * 100, 1)}
    cut = {
        name: round(getattr(media, f"crop_{name}") * 100, 2) for name in ("left", "top", "width", "height")
    }
    return render_template(
        "media/edit.html",
        form=words or WordsForm(formdata=None, data=said | percent),
        edits=edits or EditForm(formdata=None, data={"rotation": str(media.rotation), **cut}),
        **_shown(media),
    )


def _shown(media: Media) -> dict[str, object]:
    uses = usage.used_in(media, by=current_user())
    count = usage.count(media)
    return {
        "media": read_models.page(media, current_user()),
        "uses": uses,
        "unseen_uses": count - len(uses),
        "uses_sentence": read_models.uses_sentence(count),
    }
