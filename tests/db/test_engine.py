"""How a process uses PostgreSQL when it answers requests."""

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError, OperationalError

from masthead.db import db, limit_statements
from masthead.tags.models import Tag

pytestmark = pytest.mark.databases("postgresql")


def test_statement_that_takes_too_long_is_ended(make_app):
    app = make_app()
    limit_statements(app, 1)
    with app.app_context():
        with pytest.raises(OperationalError):
            db.session.execute(text("SELECT pg_sleep(10)"))
        db.session.rollback()
        assert db.session.scalar(text("SELECT 1")) == 1


def test_commands_are_not_limited(make_app):
    with make_app(DATABASE_STATEMENT_SECONDS=1).app_context():
        assert db.session.scalar(text("SHOW statement_timeout")) == "0"


def test_zero_limits_nothing(make_app):
    app = make_app()
    limit_statements(app, 1)
    limit_statements(app, 0)
    with app.app_context():
        assert db.session.scalar(text("SHOW statement_timeout")) == "0"


def test_process_keeps_as_many_connections_as_it_is_told(make_app):
    with make_app(DATABASE_CONNECTIONS=3).app_context():
        assert db.engine.pool.size() == 3


def test_values_of_a_statement_that_fails_are_not_in_its_message(app):
    row = {"name": "A", "slug": "a-secret-value", "key": "k", "description": ""}
    with app.app_context(), pytest.raises(IntegrityError) as raised:
        db.session.execute(insert(Tag), [row, row])
    assert "INSERT INTO tag" in str(raised.value)
    assert "[parameters" not in str(raised.value)
