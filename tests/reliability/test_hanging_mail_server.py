"""A mail server that accepts and says nothing, refuses, or is away: nothing waits for it but the letters."""

import socket
import threading

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from masthead import jobs
from masthead.db import db, end_unwritten_transaction, own_transaction
from masthead.jobs.models import Job
from masthead.jobs.runner import Runner
from masthead.mail import delivery, messages
from masthead.mail.transports import MessageRefused
from masthead.mfa.tasks import notify_of_change
from masthead.operation import connections
from masthead.outbound.client import Client
from masthead.posts.models import Post
from masthead.storage.store import Bucket
from masthead.web.limits import throttling
from tests.factories import PostFactory
from tests.support.live import free_port


class SilentServer:
    """Takes connections and says nothing on them."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.came = threading.Semaphore(0)
        self.connections = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            self.came.release()

    def close(self):
        if self._listener.fileno() >= 0:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        for connection in self.connections:
            connection.close()


@pytest.fixture
def silent():
    server = SilentServer()
    yield server
    server.close()


def queue_letters(app, user, number):
    with app.app_context():
        for _ in range(number):
            jobs.enqueue(notify_of_change, user.id, "app_added")
        db.session.commit()


def states(app):
    with app.app_context():
        rows = db.session.execute(select(Job.state, Job.attempts).where(Job.name == notify_of_change.name))
        return sorted((str(state), attempts) for state, attempts in rows)


def test_everybody_writes_while_letters_wait(make_app, new_client, cast, silent, sign_in):
    app = make_app(MAIL_URL=f"smtp://127.0.0.1:{silent.port}")
    queue_letters(app, cast.walt, 8)
    runner = Runner(app)
    thread = threading.Thread(target=runner.run)
    thread.start()
    try:
        # As many as a runner works on at once.
        for _ in range(runner.threads):
            assert silent.came.acquire(timeout=30)
        walt = sign_in(cast.walt)
        for number in range(3):
            typed = {"title": f"River {number}", "body": "It runs."}
            assert walt.fill_in("/blog/create", **typed, button="save").status_code == 303
        assert len(silent.connections) == runner.threads
    finally:
        runner.stop()
        silent.close()
        thread.join(timeout=60)
    assert not thread.is_alive()
    with app.app_context():
        assert db.session.query(Post).count() == 3


class Refusing:
    """Answers every recipient with a code."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = 0

    async def handle_RCPT(self, _server, _session, _envelope, _address, _options):  # noqa: N802
        self.asked += 1
        return self.answer


@pytest.mark.parametrize(
    ("answer", "state"), [("550 5.1.1 No such person", "dead"), ("451 4.7.1 Come back later", "queued")]
)
def test_what_a_server_refuses_for_good_is_not_sent_again(make_app, cast, answer, state):
    handler, port = Refusing(answer), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        app = make_app(MAIL_URL=f"smtp://127.0.0.1:{port}")
        queue_letters(app, cast.walt, 1)
        Runner(app).run_due()
    finally:
        controller.stop()
    assert handler.asked == 1
    assert states(app) == [(state, 1)]
    with app.app_context():
        assert answer[4:] in db.session.scalars(select(Job.last_error)).one()


@pytest.mark.databases("sqlite")
def test_a_server_that_is_away_is_left_alone_for_a_moment(make_app, cast, silent):
    app = make_app(MAIL_URL=f"smtp://127.0.0.1:{silent.port}")
    silent.close()
    queue_letters(app, cast.walt, 3)
    Runner(app).run_due()
    assert states(app) == [("queued", 1)] * 3
    with app.app_context():
        errors = list(db.session.scalars(select(Job.last_error).order_by(Job.id)))
    assert "refused" in errors[0]
    assert all("did not answer a moment ago" in error for error in errors[1:])


def letter():
    return messages.compose("test", recipient="rhea@example.org", site_url="https://example.org")


def ask_the_broker():
    from masthead.jobs.celery_bridge import JobSender

    return JobSender("redis://127.0.0.1:9/0").send([1])


CONVERSATIONS = [
    ask_the_broker,
    lambda: throttling.count("comment", "walt"),
    lambda: throttling.check("comment", "walt"),
    lambda: throttling.is_free("comment", "walt"),
    lambda: throttling.remaining_quota("comment", "walt"),
    lambda: connections.answers("redis://127.0.0.1:9/0"),
    lambda: delivery.send(letter()),
    lambda: Client().fetch("https://example.org/"),
    lambda: Bucket("s3://pictures?endpoint=http://127.0.0.1:9").get("a/b.png"),
]


@pytest.mark.parametrize("talk", CONVERSATIONS)
def test_no_conversation_begins_in_a_transaction_that_may_write(make_app, silent, talk):
    app = make_app(MAIL_URL=f"smtp://127.0.0.1:{silent.port}")
    post = PostFactory()
    with app.app_context():
        db.session.get(Post, post.id)
        with pytest.raises(RuntimeError, match="Commit first"):
            talk()
        db.session.rollback()
    assert silent.connections == []


@pytest.mark.parametrize("talk", CONVERSATIONS)
def test_no_conversation_begins_in_a_transaction_of_its_own(make_app, silent, talk):
    app = make_app(MAIL_URL=f"smtp://127.0.0.1:{silent.port}")
    with app.app_context(), own_transaction(), pytest.raises(RuntimeError, match="Commit first"):
        talk()
    assert silent.connections == []


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_what_is_counted_is_uncounted_when_the_transaction_has_ended(app, end):
    post = PostFactory()
    with app.app_context():
        throttling.count("comment", "walt")
        before = throttling.remaining_quota("comment", "walt").remaining
        db.session.get(Post, post.id)
        throttling.take_back("comment", "walt")
        getattr(db.session, end)()
        assert throttling.remaining_quota("comment", "walt").remaining == before + 1


def test_a_transaction_that_has_written_is_not_ended_in_the_middle(app):
    post = PostFactory()
    with app.app_context():
        db.session.get(Post, post.id)
        end_unwritten_transaction()
        for flushes in (False, True):
            db.session.get(Post, post.id).title = f"Renamed {flushes}"
            if flushes:
                db.session.flush()
            with pytest.raises(RuntimeError, match="written"):
                end_unwritten_transaction()
            db.session.rollback()
        assert db.session.get(Post, post.id).title == post.title


@pytest.mark.databases("sqlite")
def test_a_conversation_that_nobody_announces_is_found(app, silent, network_in_transactions):
    post = PostFactory()
    with app.app_context():
        with socket.create_connection(("127.0.0.1", silent.port)) as connection:
            connection.sendall(b"hello")
            assert network_in_transactions == []
            db.session.get(Post, post.id)
            connection.sendall(b"hello")
        db.session.rollback()
    assert len(network_in_transactions) == 1
    network_in_transactions.clear()


@pytest.mark.databases("sqlite")
def test_in_production_the_conversation_goes_on_and_is_named_in_the_log(make_app, tmp_path, caplog):
    app = make_app(MAIL_URL=f"file://{tmp_path}/letters")
    app.testing = False
    with app.app_context():
        db.session.scalars(select(Post)).all()
        delivery.send(letter())
    assert len(list((tmp_path / "letters").iterdir())) == 1
    (record,) = [record for record in caplog.records if "waits for a server" in record.getMessage()]
    assert record.levelname == "WARNING"


def test_a_task_that_does_not_say_so_cannot_write(app):
    post = PostFactory()

    def rename():
        db.session.get(Post, post.id).title = "Renamed"
        db.session.commit()

    quiet = jobs.Task("tests.rename", rename)
    with app.app_context():
        with pytest.raises(Exception, match=r"(?i)read.?only"):
            quiet()
        db.session.rollback()
        jobs.Task("tests.rename", rename, writes=True)()
        assert db.session.get(Post, post.id).title == "Renamed"


def test_all_dead_jobs_of_a_task_start_afresh(app, cast):
    queue_letters(app, cast.walt, 3)
    with app.app_context():
        db.session.query(Job).update({"state": "dead", "attempts": 12})
        db.session.commit()
    run = app.test_cli_runner().invoke
    assert run(args=["jobs", "retry", "--all", "--task", "posts.copy_pictures"]).output == "0 jobs queued.\n"
    assert run(args=["jobs", "retry", "--all", "--task", notify_of_change.name]).output == "3 jobs queued.\n"
    assert states(app) == [("queued", 0)] * 3
    for wrong in (["--all", "7"], [], ["7", "--task", notify_of_change.name], ["--all", "--task", "no.such"]):
        result = run(args=["jobs", "retry", *wrong])
        assert result.exit_code == 2, wrong
        assert "Traceback" not in result.output


def test_refused_letters_are_known_by_their_class():
    assert issubclass(MessageRefused, OSError)
