import subprocess
import sys

import pytest

from tests.support.commands import ROOT, environment

pytestmark = pytest.mark.databases("sqlite")


@pytest.fixture
def flask(database, tmp_path):
    """Flask's own command, as a developer types it."""

    def run(*arguments, typed=None, code=0, **settings):
        finished = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "masthead.wsgi", *arguments],
            cwd=tmp_path,
            env=environment(tmp_path, {"FLASK_CONFIG": "testing", "DATABASE_URL": database.url, **settings}),
            input=typed,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        assert finished.returncode == code, finished.stderr
        return finished.stderr if code else finished.stdout

    return run


def test_the_shell_has_models_and_actions_at_hand(flask, cast):
    typed = "print(db.session.scalar(db.select(db.func.count(User.id))), posts.publish.__name__, render_text.__name__)\n"
    assert "6 publish render_text" in flask("shell", typed=typed)


def test_the_shell_has_the_actions_of_every_feature(flask, cast):
    names = [path.parent.name for path in (ROOT / "masthead").glob("*/actions.py")]
    assert {"comments", "posts", "tags"} <= set(names)
    typed = f"print([name.__name__ for name in ({', '.join(names)})])\n"
    assert str([f"masthead.{name}.actions" for name in names]) in flask("shell", typed=typed)


def test_flask_offers_the_same_commands(flask):
    offered = flask("--help")
    assert all(f"  {name} " in offered for name in ("db", "init-db", "serve", "user"))


def test_flask_names_every_mistake_of_the_configuration(flask):
    said = flask("init-db", code=1, PORT="many", LOG_LEVEL="LOUD")
    assert "PORT: " in said
    assert "LOG_LEVEL: " in said
    assert "Traceback" not in said


def test_a_server_finds_the_application_under_both_names(flask):
    assert "True" in flask("shell", typed="from masthead import wsgi; print(wsgi.app is wsgi.application)\n")
