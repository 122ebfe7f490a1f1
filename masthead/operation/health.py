"""Whether the site lives and can work, for load balancers and supervisors. Strangers read it, so it names no details."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

import structlog
from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from masthead.db import db
from masthead.operation import connections
from masthead.operation.schema import newest_revision
from masthead.storage import store as storage
from masthead.web.access import public
from masthead.web.middleware.security_headers import also_over_http
from masthead.web.middleware.sessionless import stateless

log = structlog.get_logger(__name__)
bp = Blueprint("health", __name__)

RETRY_SECONDS = 5


@bp.get("/health/live")
@public
@stateless
@also_over_http
def live() -> ResponseReturnValue:
    """Whether this process answers at all; a supervisor restarts one that does not."""
    return _answer({})


@bp.get("/health")
@bp.get("/health/ready")
@public
@stateless
@also_over_http
def ready() -> ResponseReturnValue:
    """Whether it can serve readers and writers: 503 and which part fails, if it can not."""
    parts = dict(PARTS)
    if current_app.config["CELERY_BROKER_URL"]:
        parts["broker"] = _broker
    return _answer({name: looks_good() for name, looks_good in parts.items()})


def _answer(parts: Mapping[str, bool]) -> ResponseReturnValue:
    is_well = all(parts.values())
    response = jsonify(
        status="ok" if is_well else "unavailable",
        **({"checks": {name: "ok" if good else "failed" for name, good in parts.items()}} if parts else {}),
    )
    response.headers["Cache-Control"] = "no-store"
    if not is_well:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        log.warning("not ready", failed=sorted(name for name, good in parts.items() if not good))
    return response


def _database() -> bool:
    return _revision() is not None


def _migrations() -> bool:
    return _revision() == newest_revision()


def _revision() -> str | None:
    """The revision of the tables; empty before the first migration, None if the database does not answer."""
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            if not db.engine.dialect.has_table(connection, "alembic_version"):
                return ""
            return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""
    except SQLAlchemyError as error:
        log.warning("the database does not answer", error=str(error))
        return None


def _storage() -> bool:
    problem = storage.current().problem()
    if problem is not None:
        log.warning("pictures cannot be kept", problem=problem)
    return problem is None


def _broker() -> bool:
    problem = connections.answers(current_app.config["CELERY_BROKER_URL"])
    if problem is not None:
        log.warning("the broker does not answer", problem=problem)
    return problem is None


PARTS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrations,
    "storage": _storage,
}
