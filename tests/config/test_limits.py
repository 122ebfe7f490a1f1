import pytest

from masthead.config import ConfigurationError, TestingConfig, load


@pytest.mark.parametrize(
    "value",
    [
        "0 per minute",
        "10 per 0 minutes",
        "5",
        "-5 per minute",
        "many per minute",
        "10 per 5 fortnights",
        # Only the first would count.
        "10 per minute; 1 per second",
        "9999999999 per minute",
        "10 per 9999999999 days",
    ],
)
def test_a_limit_that_cannot_be_meant_is_refused_at_the_start(tmp_path, monkeypatch, value):
    monkeypatch.setenv("MASTHEAD_HOME", str(tmp_path))
    monkeypatch.setenv("RATELIMIT_SEARCH", value)
    with pytest.raises(ConfigurationError, match="RATELIMIT_SEARCH"):
        load()


@pytest.mark.parametrize("value", ["10 per 5 minutes", "1/second", "60 per HOUR", " 5 per 2 days "])
def test_limits_in_the_words_of_the_library_are_taken(tmp_path, value):
    assert value == TestingConfig(MASTHEAD_HOME=tmp_path, RATELIMIT_SEARCH=value).RATELIMIT_SEARCH


def test_the_command_says_in_one_sentence_which_limit_is_wrong(masthead):
    result = masthead("db", "upgrade", RATELIMIT_SEARCH="0 per minute")
    assert result.returncode == 1
    assert "RATELIMIT_SEARCH: must let at least 1 through" in result.stderr
    assert "Traceback" not in result.stderr
