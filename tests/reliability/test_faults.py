"""The faults of docs/reliability.md, in short; `python -m bench.faults` makes each of them many times."""

import json

import pytest
from sqlalchemy import event

from bench.faults import __main__ as page
from bench.faults import (
    clock_leap,
    database_away,
    disk_full,
    letters,
    mail_hangs,
    many_writers,
    postgres_restarts,
    read_only,
    sqlite_kills,
)
from masthead.db import db
from tests.factories import PostFactory
from tests.support.people import PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_kills_lose_no_acknowledged_write_on_sqlite():
    figures = sqlite_kills.run(2, seconds=0.4)
    assert figures.acknowledged > 0
    assert (figures.lost, figures.damaged) == (0, 0)


def test_many_writers_are_all_served_in_turn():
    figures = many_writers.run(60, seconds=3, workers=2)
    assert figures.acknowledged >= 60
    assert (figures.lost, figures.doubled, figures.refused, figures.locked) == (0, 0, 0, 0)
    # In turn: the unluckiest wait hardly longer than everybody does.
    assert figures.p99_wait < 5 * figures.median_wait + 1


def test_restarts_of_postgresql_are_survived_without_a_restart_of_the_site():
    figures = postgres_restarts.run(2)
    assert figures.acknowledged > 0
    assert figures.refused > 0
    assert (figures.lost, figures.refused_wrongly) == (0, 0)
    assert figures.seconds_to_return < 5


def test_kept_pages_go_on_while_the_database_is_away():
    figures = database_away.run(3)
    assert figures.read > 0
    assert (figures.read_wrongly, figures.refused_wrongly, figures.lost, figures.tracebacks) == (0, 0, 0, 0)
    assert figures.seconds_to_return < 20


def test_every_letter_arrives_over_kills_of_the_runner():
    figures = letters.run(2, letters=10)
    assert figures.missing == 0


def test_everybody_writes_while_a_mail_server_hangs():
    figures = mail_hangs.run(posts=2)
    assert figures.hanging > 0
    assert (figures.acknowledged, figures.refused) == (4, 0)


def test_a_clock_that_leaps_ends_and_empties_nothing():
    figures = clock_leap.run(seconds=2)
    assert figures.noticed > 0
    assert figures.trashed > 0
    assert (figures.read_wrongly, figures.lost, figures.stuck) == (0, 0, 0)


def test_full_disk_is_told_and_got_over():
    try:
        figures = disk_full.run()
    except disk_full.NoDisk:
        # Then the test below is what there is.
        return
    assert figures.refused > 0
    assert (figures.refused_wrongly, figures.read_wrongly, figures.unready_wrongly, figures.lost) == (
        0,
        0,
        0,
        0,
    )


def test_storage_that_can_only_be_read_is_told_and_read():
    try:
        figures = read_only.run_disk()
    except disk_full.NoDisk:
        # tests/db/test_read_only.py is what there is then.
        return
    assert (figures.refused_wrongly, figures.read_wrongly, figures.unready_wrongly) == (0, 0, 0)
    assert (figures.lost, figures.tracebacks) == (0, 0)


def test_standby_is_told_and_read_and_promotion_is_noticed():
    figures = read_only.run_standby()
    assert (figures.refused_wrongly, figures.read_wrongly, figures.unready_wrongly) == (0, 0, 0)
    assert (figures.lost, figures.tracebacks) == (0, 0)
    assert figures.seconds_to_return < 20


@pytest.mark.databases("sqlite")
def test_full_database_is_told_and_got_over(make_app, cast, new_client):
    site = make_app()
    post = PostFactory(author=cast.walt)
    walt, program = new_client(site), new_client(site)
    walt.fill_in("/auth/login", email=cast.walt.email, password=PASSWORD)

    def set_pages(connection, number):
        connection.exec_driver_sql(f"PRAGMA max_page_count = {number}")

    with site.app_context():
        engine = db.engine
        with engine.connect() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    limit = [pages]
    event.listen(engine, "engine_connect", lambda connection: set_pages(connection, limit[0]))
    text = "Many words. " * 20_000
    response = walt.fill_in("/blog/create", button="save", title="Long", body=text)
    assert response.status_code == 507
    assert "no room left" in response.text
    assert program.get("/api/v1/posts").status_code == 200
    assert walt.get(f"/blog/post/{post.slug}").status_code == 200
    assert walt.get("/dashboard").status_code == 200
    limit[0] = pages + 10_000
    assert walt.fill_in("/blog/create", button="save", title="Long", body=text).status_code == 303


def test_figures_on_the_page_are_those_that_were_measured():
    results = json.loads(page.RESULTS.read_text(encoding="utf-8"))
    assert results.keys() >= page.SECTIONS.keys()
    text = page.PAGE.read_text(encoding="utf-8")
    assert page.filled_in(text, results) == text
