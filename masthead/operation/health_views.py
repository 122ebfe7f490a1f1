"""Health endpoints for load balancers and supervisors. Public, so they name no details."""

import errno
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import Final

import structlog
from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from masthead.db import Failure, db, reason_of, write_failure
from masthead.operation import optional_servers
from masthead.operation.schema import newest_revision
from masthead.storage import store as storage
from masthead.web.access import public
from masthead.web.middleware.security_headers import also_over_http
from masthead.web.middleware.sessionless import sessionless

log = structlog.get_logger(__name__)
bp = Blueprint("health", __name__)

RETRY_SECONDS: Final = 5
OK, FAILED, READ_ONLY, FULL = "ok", "failed", "read-only", "full"
#: Minimum free space in bytes: a text with its revision, its search entry and its change log row.
PROBE_BYTES: Final = 64 * 1024
SYSTEM_ERRORS: Final = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: READ_ONLY}
NO_WRITES: Final = "Pages can be read, but nothing can be saved."


@bp.get("/health/live")
@public
@sessionless
@also_over_http
def live() -> ResponseReturnValue:
    """Liveness: this process answers. A supervisor restarts one that does not."""
    response = jsonify(status=OK)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/health")
@bp.get("/health/ready")
@public
@sessionless
@also_over_http
def ready() -> ResponseReturnValue:
    """Readiness: the site can serve readers and writers; otherwise 503 with the failing parts.

    Optional servers that do not answer are in the list `away`, and do not affect the status.
    """
    checks = _checks()
    problems = optional_servers.problems()
    is_well = all(state == OK for state in checks.values())
    away = sorted(name for name, problem in problems.items() if problem is not None)
    body = {
        "status": OK if is_well else "unavailable",
        "checks": checks | {name: FAILED if name in away else OK for name in problems},
    }
    if away:
        body["away"] = away
    if not {READ_ONLY, FULL}.isdisjoint(checks.values()):
        body["detail"] = NO_WRITES
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    if not is_well:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        log.warning("not ready", **{name: state for name, state in checks.items() if state != OK})
    return response


def _checks() -> dict[str, str]:
    """Run the checks of the required parts."""
    revision = _revision()
    return {
        "database": FAILED if revision is None else _writing() if revision else OK,
        "migrations": OK if revision == newest_revision() else FAILED,
        "storage": _folder(),
    }


def _revision() -> str | None:
    """Return the schema revision; empty before the first migration, None if the database does not answer."""
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            if not db.engine.dialect.has_table(connection, "alembic_version"):
                return ""
            return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""
    except SQLAlchemyError as error:
        log.warning("the database does not answer", reason=reason_of(error))
        return None


def _writing() -> str:
    """Check that the database can be written, and name the failure if not."""
    failure = write_failure()
    # A busy database is being written, so writing works.
    if failure not in {None, Failure.BUSY}:
        return {Failure.READ_ONLY: READ_ONLY, Failure.FULL: FULL}.get(failure, FAILED)
    file = db.engine.url.database
    # SQLite notices a full disk only when its file must grow.
    return _room_in(Path(file).parent) if db.engine.dialect.name == "sqlite" and file else OK


def _folder() -> str:
    """Check that pictures can be stored in the local folder; a bucket may be away."""
    store = storage.current()
    if not isinstance(store, storage.FolderStore):
        return OK
    problem = store.problem()
    if problem is not None:
        log.warning("pictures cannot be kept", problem=problem)
        return FAILED
    return _room_in(store.folder) if store.folder.is_dir() else OK


def _room_in(folder: Path) -> str:
    """Check that a file can be written there."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            file.write(bytes(PROBE_BYTES))
    except OSError as error:
        log.warning("nothing can be written", folder=str(folder), reason=str(error))
        return SYSTEM_ERRORS.get(error.errno or 0, FAILED)
    return OK
