"""Writers of SQLite take turns, in a process and between processes, whatever happens to the one whose turn it is."""

import gc
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from masthead.db import db, transactions, write_queue
from masthead.db.write_queue import WriteQueue, WriteTimeout

pytestmark = pytest.mark.databases("sqlite")
SECONDS = 30
#: Takes a turn, says so, and keeps it until it is killed or told to go on.
HOLDER = """
import sys
from masthead.db.write_queue import WriteQueue
queue = WriteQueue(sys.argv[1])
queue.enter(60)
print("mine", flush=True)
sys.stdin.readline()
queue.leave()
print("left", flush=True)
"""


@pytest.fixture
def database_file(tmp_path):
    path = tmp_path / "some.sqlite3"
    sqlite3.connect(path).execute("CREATE TABLE note (text)").connection.close()
    return str(path)


@pytest.fixture
def start_holder(database_file):
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, database_file],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_turn_of_another_process_is_waited_for(database_file, start_holder):
    holder = start_holder()
    assert holder.stdout.readline() == "mine\n"
    queue = WriteQueue(database_file)
    with pytest.raises(WriteTimeout):
        queue.enter(0.05)
    holder.stdin.write("\n")
    holder.stdin.flush()
    queue.enter(SECONDS)
    queue.leave()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_turn_of_a_process_that_is_killed_goes_to_the_next(database_file, start_holder, number):
    holder = start_holder()
    assert holder.stdout.readline() == "mine\n"
    holder.send_signal(number)
    queue = WriteQueue(database_file)
    queue.enter(SECONDS)
    queue.leave()


def test_processes_take_turns_in_the_order_in_which_they_came(database_file, start_holder):
    queue = WriteQueue(database_file)
    queue.enter(0)
    tickets = os.open(f"{database_file}{write_queue.SUFFIX}", os.O_RDONLY)
    holders = []
    for number in range(3):
        holders.append(start_holder())
        deadline = time.monotonic() + SECONDS
        while int.from_bytes(os.pread(tickets, 8, 0)) < 2 + number:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    # Closing a file gives every lock of this process on it back, and with it our turn.
    os.close(tickets)
    for holder in holders:
        assert holder.stdout.readline() == "mine\n"
        holder.stdin.write("\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "left\n"
    queue.leave()


def test_who_gives_up_waiting_holds_up_nobody(database_file, start_holder):
    holder = start_holder()
    assert holder.stdout.readline() == "mine\n"
    impatient = WriteQueue(database_file)
    with pytest.raises(WriteTimeout):
        impatient.enter(0.02)
    holder.kill()
    patient = WriteQueue(database_file)
    patient.enter(SECONDS)
    patient.leave()
    impatient.enter(SECONDS)
    impatient.leave()


@pytest.mark.parametrize("content", [b"", b"x", b"\xff" * 8, b"\x00" * 7 + b"\x05", b"nonsense" * 100])
def test_damaged_file_of_tickets_holds_up_nobody(database_file, content):
    Path(f"{database_file}{write_queue.SUFFIX}").write_bytes(content)
    queue = WriteQueue(database_file)
    for _ in range(3):
        queue.enter(1)
        queue.leave()


def test_file_of_tickets_is_as_private_as_the_database(database_file):
    Path(database_file).chmod(0o600)
    queue = WriteQueue(database_file)
    queue.enter(1)
    queue.leave()
    assert Path(f"{database_file}{write_queue.SUFFIX}").stat().st_mode & 0o777 == 0o600


def test_turns_go_on_without_a_place_for_the_file(tmp_path):
    queue = WriteQueue(str(tmp_path / "gone" / "some.sqlite3"))
    queue.enter(1)
    queue.leave()
    queue.enter(1)


def test_turn_ends_with_its_transaction_however_that_ends(app):
    with app.app_context():
        for end in (db.session.commit, db.session.rollback, db.session.remove, db.engine.dispose):
            db.session.execute(text("UPDATE setting SET value = value"))
            end()
            db.session.remove()
            with transactions(may_write=True), db.engine.begin() as connection:
                connection.execute(text("UPDATE setting SET value = value"))


def test_turn_ends_when_a_statement_fails(app):
    with app.app_context():
        with pytest.raises(Exception, match="no such table"):
            db.session.execute(text("UPDATE nowhere SET value = value"))
        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE setting SET value = value"))


def test_turn_ends_with_a_connection_that_nobody_closed(database_file):
    connection = sqlite3.connect(database_file, factory=write_queue.QueuedConnection)
    connection.take_turn(database_file, 1)
    # A connection holds itself by its cache of statements.
    del connection
    gc.collect()
    write_queue.queue_of(database_file).enter(SECONDS)
    write_queue.queue_of(database_file).leave()


def test_two_names_of_a_file_are_one_queue(database_file, tmp_path):
    link = tmp_path / "link.sqlite3"
    link.symlink_to(database_file)
    assert write_queue.queue_of(str(link)) is write_queue.queue_of(database_file)


def test_who_only_reads_waits_for_nobody(app, client):
    with app.app_context():
        db.session.execute(text("UPDATE setting SET value = value"))
        done = []

        def read():
            done.append(client.get("/?fresh").status_code)

        thread = threading.Thread(target=read)
        thread.start()
        thread.join(SECONDS)
        db.session.rollback()
    assert done == [200]


@pytest.mark.parametrize("path", ["/auth/login", "/api/v1/auth/login"])
def test_request_beyond_the_bound_is_told_to_come_back(app, cast, client, monkeypatch, path, capfd):
    monkeypatch.setattr(write_queue, "REQUEST_SECONDS", 0.05)
    typed = {"email": "walt@example.org", "password": "a lamp and a deadline"}
    data = client.read("/auth/login").form({"email": ""}).filled(typed, None)
    queue = write_queue.queue_of(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
    queue.enter(SECONDS)
    capfd.readouterr()
    try:
        response = client.post(path, json=typed) if "api" in path else client.post(path, data=data)
    finally:
        queue.leave()
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "Many people are writing" in response.text
    lines = capfd.readouterr().err.splitlines()
    assert [line for line in lines if "Traceback" in line] == []
    assert len([line for line in lines if "the database cannot be used" in line]) == 1


def test_command_waits_for_its_turn_and_says_when_it_does_not_come(app, invoke, monkeypatch):
    monkeypatch.setattr(write_queue, "COMMAND_SECONDS", 0.05)
    queue = write_queue.queue_of(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
    queue.enter(SECONDS)
    try:
        result = invoke("user", "create", "nora", "n@example.org", "--password", "a lamp and a deadline")
    finally:
        queue.leave()
    assert result.returncode == 1
    assert "Others have been writing" in result.stderr
