import stat
from pathlib import Path

import pytest

from masthead.app import create_app
from masthead.config import ConfigurationError, TestingConfig, load


def test_two_applications_with_different_settings_live_in_one_process(tmp_path):
    first = create_app(
        TestingConfig(MASTHEAD_HOME=tmp_path / "a", SITE_URL="https://a.example", REGISTRATION="closed")
    )
    second = create_app(TestingConfig(MASTHEAD_HOME=tmp_path / "b", FORM_HOURS=2))
    assert first.config["SESSION_COOKIE_SECURE"] is True
    assert second.config["SESSION_COOKIE_SECURE"] is False
    assert first.config["SECRET_KEY"] != second.config["SECRET_KEY"]
    assert (first.config["REGISTRATION"], second.config["REGISTRATION"]) == ("closed", "open")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_URL", "https://user:secret@magazine.example"),
        ("SITE_URL", "https://maga zine.example"),
        ("HOST", "no such host"),
        ("HOST", "127.0.0.1:8000"),
        ("STATIC_URL", "cdn.example.org"),
        ("STATIC_URL", "https://cdn.example.org/static?v=1"),
        ("STATIC_URL", "https://somebody:secret@cdn.example.org"),
        ("STATIC_URL", "https://cdn.example.org/a; script-src *"),
        ("SITE_URL", "https://magazine.example:0"),
        ("TRUSTED_HOSTS", "*"),
        ("TRUSTED_HOSTS", "magazine.example,http://other.example"),
        ("TRUSTED_HOSTS", "magazine.example/path"),
        ("TRUSTED_HOSTS", "two words"),
    ],
)
def test_a_host_is_a_host_and_nothing_else(tmp_path, monkeypatch, name, value):
    monkeypatch.setenv("MASTHEAD_HOME", str(tmp_path))
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=name):
        load()


def test_hosts_may_have_ports_and_stand_for_all_below_them(tmp_path, monkeypatch):
    monkeypatch.setenv("MASTHEAD_HOME", str(tmp_path))
    monkeypatch.setenv("TRUSTED_HOSTS", "magazine.example, .example.org, [::1], 127.0.0.1:8000")
    assert load().trusted_hosts == ["magazine.example", ".example.org", "[::1]", "127.0.0.1:8000"]


def test_every_mistake_is_listed_at_once_and_no_value_is_shown(masthead):
    result = masthead(
        "db",
        "upgrade",
        PORT="eighty",
        SECRET_KEY="hunter2",
        SITE_URL="ftp://x",
        DATABASE_URL="mysql://x/y",
        REGISTRATION="maybe",
    )
    assert result.returncode == 1
    for name in ("PORT", "SECRET_KEY", "SITE_URL", "DATABASE_URL", "REGISTRATION"):
        assert name in result.stderr
    assert "hunter2" not in result.stderr
    assert "Traceback" not in result.stderr


def test_an_empty_variable_is_as_good_as_none(masthead):
    result = masthead("check", HOST="", PORT="", REGISTRATION="", WORKERS="")
    assert "configuration has mistakes" not in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_environment_is_refused(masthead):
    result = masthead("db", "upgrade", FLASK_CONFIG="prod")
    assert result.returncode == 1
    assert "FLASK_CONFIG" in result.stderr


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(masthead, tmp_path):
    masthead("db", "upgrade", SECRET_KEY="")
    path = tmp_path / "secrets" / "SECRET_KEY"
    before = path.read_text()
    masthead("db", "upgrade", SECRET_KEY="")
    assert path.read_text() == before
    assert len(before) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ({}, 8000),
        ({"config.env": 8001}, 8001),
        ({"config.env": 8001, ".env": 8002}, 8002),
        ({"config.env": 8001, ".env": 8002, "PORT": 8003}, 8003),
        ({"config.env": 8001, ".env": 8002, "PORT": 8003, "FLASK_PORT": 8004}, 8004),
    ],
)
def test_the_environment_wins_over_files_and_flask_names_win_over_plain_ones(
    monkeypatch, tmp_path, places, expected
):
    monkeypatch.setenv("MASTHEAD_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for place, port in places.items():
        if place.endswith("env"):
            Path(tmp_path, place).write_text(f"PORT={port}\n")
        else:
            monkeypatch.setenv(place, str(port))
    assert expected == TestingConfig().PORT


def test_site_url_follows_host_and_port(monkeypatch, tmp_path):
    config = TestingConfig(MASTHEAD_HOME=tmp_path, HOST="192.0.2.1", PORT=9000)
    assert config.SITE_URL == "http://192.0.2.1:9000"
    assert config.trusted_hosts == ["192.0.2.1", "localhost", "127.0.0.1", "[::1]"]
