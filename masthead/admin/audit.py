"""The audit log for administrators: a filtered list, and its export as CSV."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from masthead import audit, clock, time_zones
from masthead.admin import audit_rows
from masthead.audit import labels, queries
from masthead.audit.models import AuditEvent
from masthead.db import db, paginate
from masthead.errors import Invalid
from masthead.people import time_zone
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.web.paging import page_number

bp = Blueprint("audit_admin", __name__)

PER_PAGE = 50
EXPORT_LIMIT = 100_000
COLUMNS = ("at", "action", "actor_id", "actor_name", "subject", "address", "request_id", "details")
#: Spreadsheets read a cell that begins with one of these as a formula (OWASP, CSV injection).
FORMULA_BEGINNINGS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
)


@bp.get("/audit")
@requires(Permission.READ_AUDIT)
def index() -> ResponseReturnValue:
    """The audit log, newest first."""
    page = paginate(_filtered(), page=page_number(), per_page=PER_PAGE)
    wanted = _wanted()
    # The address may name an action that was never recorded.
    actions = {*db.session.scalars(queries.actions()), wanted["action"]} - {""}
    return render_template(
        "admin/audit.html",
        page=page,
        rows=[audit_rows.row(event) for event in page.items],
        actions=[(action, labels.of_action(action)) for action in sorted(actions, key=labels.of_action)],
        wanted=wanted,
        days=queries.KEPT_DAYS,
    )


@bp.post("/audit.csv")
@requires(Permission.READ_AUDIT)
def export() -> ResponseReturnValue:
    """Export the filtered log as CSV. A POST, because the export itself is recorded."""
    events = list(db.session.scalars(_filtered().limit(EXPORT_LIMIT)))
    audit.record("audit.exported", by=current_user(), rows=len(events))
    db.session.commit()
    name = f"audit-{clock.now():%Y-%m-%d}.csv"
    return Response(
        _lines(events), mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _wanted() -> dict[str, str]:
    return {
        name: request.values.get(name, "").strip()
        for name in ("action", "actor", "subject", "since", "until")
    }


def _filtered() -> Select[AuditEvent]:
    wanted = _wanted()
    since, until = _day(wanted["since"]), _day(wanted["until"])
    return queries.events(
        action=wanted["action"],
        actor=wanted["actor"],
        subject=wanted["subject"],
        since=_beginning(since),
        until=_beginning(until + timedelta(days=1) if until is not None and until < date.max else None),
    )


def _day(text: str) -> date | None:
    """Return the day that the text names."""
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise Invalid("Write the day like 2026-11-21.") from None


def _beginning(day: date | None) -> datetime | None:
    """Return the start of a day in the reader's time zone, which the list also uses."""
    return None if day is None else time_zones.beginning(day.year, day.month, day.day, time_zone.current())


def _lines(events: list[AuditEvent]) -> Iterator[str]:
    yield _row(COLUMNS)
    for event in events:
        yield _row([_cell(getattr(event, column)) for column in COLUMNS])


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return "" if value is None else str(value)


def _row(cells: Any) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow([inert(cell) for cell in cells])
    return line.getvalue()


def inert(cell: str) -> str:
    """Return the cell, prefixed with an apostrophe where a spreadsheet would read a formula."""
    return (
        f"'{cell}"
        if cell.lstrip().startswith(FORMULA_BEGINNINGS) or cell.startswith(("\t", "\r", "\n"))
        else cell
    )
