import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from masthead import clock
from masthead.db import db
from masthead.people.models import User
from tests.architecture.source import ROOT
from tests.factories import CommentFactory, PostFactory, UserFactory
from tests.support import queries as query_budgets
from tests.support.people import ROLES


@pytest.mark.parametrize("round_number", [1, 2])
def test_each_test_begins_with_an_empty_publication(app, round_number):
    with app.app_context():
        assert db.session.scalar(select(func.count(User.id))) == 0
    assert UserFactory(username="walt").id == 1


def test_the_cast_has_its_roles(cast):
    assert {name: getattr(cast, name).role.name for name in ROLES} == ROLES


def test_factories_number_from_the_newest_post(app):
    first, second = PostFactory.create_batch(2)
    assert first.published_at > second.published_at
    assert first.published_at < clock.now()


def test_an_approved_comment_is_counted(app):
    comment = CommentFactory()
    with app.app_context():
        assert (
            db.session.scalar(text("SELECT comment_count FROM post WHERE id = :id"), {"id": comment.post_id})
            == 1
        )


def test_queries_are_counted_without_the_keeping_of_transactions(app, queries):
    with app.app_context():
        with queries.exactly(2), db.session.begin_nested():
            db.session.scalar(select(func.count(User.id)))
            db.session.scalar(select(User.id).limit(1))
        db.session.rollback()


def test_a_wrong_number_of_queries_fails_and_shows_them(app, queries):
    with app.app_context():
        with (
            pytest.raises(
                pytest.fail.Exception, match=r"1 statements instead of 2:\n  1\. .*\n +SELECT"
            ) as failure,
            queries.exactly(2),
        ):
            db.session.scalar(select(func.count(User.id)))
        assert "count" in str(failure.value)
        with pytest.raises(pytest.fail.Exception, match="at most 0"), queries.at_most(0):
            db.session.scalar(select(func.count(User.id)))


def test_a_broken_budget_says_where_each_statement_comes_from(app, client, queries, monkeypatch):
    PostFactory.create_batch(3)
    monkeypatch.setattr("tests.support.queries._changed_files", lambda: {"masthead/settings/queries.py"})
    with pytest.raises(pytest.fail.Exception) as failure, queries.exactly(0):
        client.get("/blog/")
    said = str(failure.value)
    assert re.search(r"\d\. NEW\? masthead/settings/queries\.py:\d+ \w+\n +SELECT setting", said)
    assert re.search(r"\d\. masthead/posts/\S+\.py:\d+ \w+\n +SELECT post", said)
    page, section = re.search(r"(docs/\S+), section “(.+)”", said).groups()
    assert f"## {section}\n" in (ROOT / page).read_text()


def test_a_broken_budget_counts_what_repeats(app, queries):
    def ask():
        with queries.at_most(1):
            for number in range(3):
                db.session.scalar(select(User.id).where(User.id == number))

    with app.app_context(), pytest.raises(pytest.fail.Exception, match="Runs 3 times"):
        ask()


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_files_of_the_branch_are_found(tmp_path, monkeypatch):
    git = ("git", "-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(tmp_path))
    (tmp_path / "old.py").touch()
    for command in (
        ("init", "-q", "-b", "main"),
        ("add", "."),
        ("commit", "-qm", "x"),
        ("switch", "-qc", "b"),
    ):
        subprocess.run([*git, *command], check=True)
    (tmp_path / "committed.py").touch()
    for command in (("add", "."), ("commit", "-qm", "y")):
        subprocess.run([*git, *command], check=True)
    (tmp_path / "new.py").touch()
    monkeypatch.setattr(query_budgets, "ROOT", tmp_path)
    assert query_budgets._changed_files() == {"committed.py", "new.py"}


def test_a_request_inside_an_application_context_is_refused(app, client):
    with app.app_context(), pytest.raises(AssertionError, match="Leave the application context"):
        client.get("/")


def test_an_application_with_other_settings_shares_the_database(cast, make_app):
    other = make_app(REGISTRATION="closed")
    assert isinstance(other, Flask)
    with other.app_context():
        assert db.session.scalar(select(func.count(User.id))) == len(ROLES)


def test_a_developers_settings_stay_outside():
    assert "SECRET_KEY" not in os.environ
    assert list(Path.cwd().iterdir()) == []


def test_the_network_is_out_of_reach():
    with pytest.raises(Exception, match="A test tried to use socket"), socket.socket() as connection:
        connection.connect(("192.0.2.1", 80))


def test_valkey_is_real_and_empty(valkey_url):
    server, number = valkey_url.removeprefix("redis://").split("/")
    host, port = server.split(":")
    with (
        socket.create_connection((host, int(port)), timeout=5) as connection,
        connection.makefile("rb") as answer,
    ):
        connection.sendall(f"SELECT {number}\r\nDBSIZE\r\n".encode())
        assert [answer.readline(), answer.readline()] == [b"+OK\r\n", b":0\r\n"]


@pytest.mark.databases("sqlite")
def test_a_live_site_answers_and_ends_when_asked(live_site, cast):
    assert live_site.answers()
    assert "is served on 127.0.0.1" in live_site.output
    assert live_site.terminate() == 0
    assert not live_site.answers()
