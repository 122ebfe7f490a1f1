"""The database itself keeps the log, whatever SQL somebody gets to run."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from masthead import audit, clock
from masthead.audit import queries, tasks
from masthead.audit.models import AuditEvent
from masthead.db import db

COLUMNS = "id, at, action, actor_id, actor_name, subject, address, request_id, details"
CHANGES = [
    "UPDATE audit_event SET actor_name = 'rhea'",
    "UPDATE audit_event SET address = ''",
    "UPDATE audit_event SET at = '2001-01-01 00:00:00'",
    "DELETE FROM audit_event",
    "DELETE FROM audit_event WHERE at < '2100-01-01 00:00:00'",
]
REPLACEMENTS = {
    "sqlite": f"INSERT OR REPLACE INTO audit_event ({COLUMNS}) SELECT id, at, 'x', 1, 'x', 'x', '', '', '{{}}' FROM audit_event",
    "postgresql": f"INSERT INTO audit_event ({COLUMNS}) SELECT * FROM audit_event ON CONFLICT (id) DO UPDATE SET action = 'x'",
}


@pytest.fixture
def logged(app: Flask) -> Flask:
    """A log of one deed."""
    with app.app_context():
        audit.record("role.changed", by=None, subject="walt")
        db.session.commit()
    return app


def refused(app: Flask, statement: str) -> None:
    """Run the statement, and find the log as it was."""
    with app.app_context():
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text(statement))
        db.session.rollback()
        assert db.session.scalars(select(AuditEvent.action)).all() == ["role.changed"]


@pytest.mark.parametrize("statement", CHANGES)
def test_records_cannot_be_changed_or_deleted(logged: Flask, statement: str) -> None:
    refused(logged, statement)


def test_records_cannot_be_replaced(logged: Flask) -> None:
    with logged.app_context():
        statement = REPLACEMENTS[db.engine.dialect.name]
    refused(logged, statement)


@pytest.mark.databases("postgresql")
def test_log_with_records_cannot_be_emptied(logged: Flask) -> None:
    refused(logged, "TRUNCATE audit_event")


def test_records_go_when_their_time_is_over_and_not_a_week_before(logged: Flask) -> None:
    with logged.app_context():
        for days in (queries.KEPT_DAYS + 1, queries.KEPT_DAYS - 7):
            old = AuditEvent(
                at=clock.now() - timedelta(days=days),
                action="sign_in.failed",
                actor_name="visitor",
                subject=str(days),
                address="192.0.2.0/24",
                request_id="",
                details={},
            )
            db.session.add(old)
        db.session.commit()
        tasks.forget_old()
        assert set(db.session.scalars(select(AuditEvent.subject))) == {"walt", str(queries.KEPT_DAYS - 7)}
        with pytest.raises(DatabaseError, match="append-only"):
            queries.forget(before=clock.now() - timedelta(days=queries.KEPT_DAYS - 10))
        db.session.rollback()
