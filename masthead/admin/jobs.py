"""Background jobs for administrators: lists by state, and buttons to retry and cancel."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead import audit, clock
from masthead.admin import job_rows
from masthead.db import db, paginate
from masthead.errors import NotFound
from masthead.jobs import labels, outbox
from masthead.jobs.models import JobState
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.web.paging import page_number

bp = Blueprint("jobs_admin", __name__)

PER_PAGE = 50


@bp.get("/jobs")
@requires(Permission.MANAGE_JOBS)
def index() -> ResponseReturnValue:
    """List jobs of a state and a task, newest first; without filters, all jobs."""
    state, task = _state(), request.args.get("task", "").strip()
    page = paginate(outbox.listed(state, task), page=page_number(), per_page=PER_PAGE)
    at = clock.now()
    return render_template(
        "admin/jobs.html",
        page=page,
        rows=[job_rows.row(job, at=at) for job in page.items],
        filters=job_rows.filters(state, task, outbox.counts()),
        state=state,
        task=task,
        tasks=[(name, labels.of_task(name)) for name in db.session.scalars(outbox.names())],
        # The buttons lead back to this list.
        here={"state": state, "task": task or None},
    )


@bp.post("/jobs/<int:job_id>/retry")
@requires(Permission.MANAGE_JOBS)
def retry(job_id: int) -> ResponseReturnValue:
    """Queue a failed or cancelled job again."""
    outbox.retry(job_id)
    audit.record("job.retried", by=current_user(), subject=str(job_id))
    db.session.commit()
    flash(f"Job {job_id} queued.")
    return _to_list()


@bp.post("/jobs/<int:job_id>/cancel")
@requires(Permission.MANAGE_JOBS)
def cancel(job_id: int) -> ResponseReturnValue:
    """Cancel a queued job."""
    outbox.cancel(job_id)
    audit.record("job.cancelled", by=current_user(), subject=str(job_id))
    db.session.commit()
    flash(f"Job {job_id} is cancelled.")
    return _to_list()


def _state() -> JobState | None:
    given = request.args.get("state")
    if not given:
        return None
    try:
        return JobState(given)
    except ValueError:
        raise NotFound("There is no such list of jobs.") from None


def _to_list() -> ResponseReturnValue:
    """Redirect to the list from which the button was pressed."""
    task = request.args.get("task") or None
    return redirect(url_for("jobs_admin.index", state=_state(), task=task), code=303)
