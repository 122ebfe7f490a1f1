import pytest

from masthead.config import DevelopmentConfig, ProductionConfig, TestingConfig, unknown_names


@pytest.fixture
def settings(tmp_path):
    return ProductionConfig(MASTHEAD_HOME=tmp_path)


@pytest.mark.parametrize(
    ("variable", "sentence"),
    [
        (
            "FLASK_SITE_ULR",
            "FLASK_SITE_ULR is neither a setting of Masthead nor one of Flask. Did you mean SITE_URL?",
        ),
        ("FLASK_NONSENSE", "FLASK_NONSENSE is neither a setting of Masthead nor one of Flask."),
        # Masthead names the cookie itself, by the scheme of SITE_URL.
        (
            "FLASK_SESSION_COOKIE_NAME",
            "FLASK_SESSION_COOKIE_NAME has no effect: Masthead derives SESSION_COOKIE_NAME from its own settings.",
        ),
    ],
)
def test_a_variable_that_nothing_reads_is_named(tmp_path, monkeypatch, variable, sentence):
    monkeypatch.setenv(variable, "anything")
    assert unknown_names(tmp_path) == [sentence]


@pytest.mark.parametrize(
    "variable", ["FLASK_APP", "FLASK_DEBUG", "FLASK_RUN_PORT", "FLASK_CONFIG", "FLASK_PORT"]
)
def test_a_variable_of_the_command_or_of_ours_is_known(tmp_path, monkeypatch, variable):
    monkeypatch.setenv(variable, "1")
    assert unknown_names(tmp_path) == []


def test_a_setting_of_flask_is_taken_as_json_or_text(settings, monkeypatch):
    monkeypatch.setenv("FLASK_TEMPLATES_AUTO_RELOAD", "true")
    monkeypatch.setenv("FLASK_JSON_SORT", "unknown")
    monkeypatch.setenv("FLASK_SEND_FILE_MAX_AGE_DEFAULT", "60")
    taken = settings.flask_settings()
    assert taken["TEMPLATES_AUTO_RELOAD"] is True
    assert taken["SEND_FILE_MAX_AGE_DEFAULT"] == 60
    assert "JSON_SORT" not in taken


def test_what_masthead_derives_stays(settings, monkeypatch):
    monkeypatch.setenv("FLASK_SESSION_COOKIE_HTTPONLY", "false")
    assert settings.flask_settings()["SESSION_COOKIE_HTTPONLY"] is True


def test_a_misspelt_line_of_the_file_is_named_by_check(masthead, tmp_path):
    masthead("init-db")
    (tmp_path / "config.env").write_text("SITE_ULR=https://magazine.example\n", encoding="utf-8")
    (tmp_path / "config.env").chmod(0o600)
    result = masthead("check", "--only", "configuration")
    assert result.returncode == 1
    assert "SITE_ULR in" in result.stdout
    assert "Did you mean SITE_URL?" in result.stdout


def test_development_keeps_no_pages_and_production_does(tmp_path):
    assert DevelopmentConfig(MASTHEAD_HOME=tmp_path).PAGE_CACHE is False
    assert ProductionConfig(MASTHEAD_HOME=tmp_path).PAGE_CACHE is True
    assert TestingConfig(MASTHEAD_HOME=tmp_path).flask_settings()["SQLALCHEMY_RECORD_QUERIES"] is False


@pytest.mark.parametrize(
    ("variable", "meant"),
    [("DATABSE_URL", "DATABASE_URL"), ("SITE_ULR", "SITE_URL"), ("trusted_proxies", "TRUSTED_PROXIES")],
)
def test_a_variable_that_was_meant_to_be_ours_is_named(tmp_path, monkeypatch, variable, meant):
    monkeypatch.setenv(variable, "anything")
    (sentence,) = unknown_names(tmp_path)
    assert sentence.endswith(f"Did you mean {meant}?")


@pytest.mark.parametrize(
    "variable",
    ["HOSTNAME", "LOGNAME", "MAIL", "HOSTS", "WORKER", "REDIS_PORT", "MAIL_HOST", "PORTS", "XDG_SESSION_ID"],
)
def test_a_variable_of_other_programs_is_left_alone(tmp_path, monkeypatch, variable):
    monkeypatch.setenv(variable, "anything")
    assert unknown_names(tmp_path) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("SITE_ULR=https://a.example", "Did you mean SITE_URL?"),
        ("site_url=https://a.example", "Did you mean SITE_URL?"),
        ("export DATABSE_URL=x", "Did you mean DATABASE_URL?"),
        ("FLASK_SITE_URL=https://a.example", "Did you mean SITE_URL?"),
        ("MASTHEAD_HOME=/srv/x", "has no effect"),
        ("FLASK_CONFIG=production", "has no effect"),
        ("SITE_URL", "has no value"),
        ("NONSENSE=1", "is not a setting"),
    ],
)
def test_a_line_of_the_file_that_counts_for_nothing_is_named(tmp_path, line, words):
    (tmp_path / "config.env").write_text(f"REGISTRATION=closed\n{line}\n")
    (sentence,) = unknown_names(tmp_path)
    assert words in sentence
