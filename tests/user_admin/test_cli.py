import pytest


def create(invoke, name, role="reader"):
    return invoke(
        "user", "create", name, f"{name}@example.org", "--role", role, "--password", "seven wet umbrellas"
    )


def test_create_and_list(invoke):
    made = create(invoke, "walt", "author")
    assert made.returncode == 0
    assert "walt@example.org" in made.stdout
    assert ["walt", "walt@example.org", "author", "active"] in [
        line.split() for line in invoke("user", "list").stdout.splitlines()
    ]


def test_create_asks_for_the_password(masthead):
    assert masthead("db", "upgrade").returncode == 0
    made = masthead(
        "user", "create", "walt", "walt@example.org", typed="seven wet umbrellas\nseven wet umbrellas\n"
    )
    assert made.returncode == 0
    assert "seven wet umbrellas" not in made.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create", "nora", "nora@example.org", "--role", "king"), "no role called 'king'"),
        (("create", "n", "nora@example.org"), "3 to 30 characters"),
        (("create", "nora", "nobody"), "not an email address"),
        (("create", "nora", "nora@example.org", "--name", "N" * 200), "A name has at most"),
        (("create", "walt", "nora@example.org"), "user name"),
        (("create", "nora", "walt@example.org"), "email address"),
        (("set-password", "nobody"), "no account called 'nobody'"),
    ],
)
def test_nobody_types_a_password_for_what_is_refused(invoke, arguments, sentence):
    create(invoke, "walt")
    # There is nobody who could answer a question.
    result = invoke("user", *arguments, typed="")
    assert result.returncode == 1
    assert sentence in result.stderr
    assert "assword:" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("create", "walt", "nobody", "--password", "seven wet umbrellas"), "not an email address"),
        (("create", "w", "w@example.org", "--password", "seven wet umbrellas"), "3 to 30 characters"),
        (("create", "walt", "w@example.org", "--password", "short"), "at least 8 characters"),
        (
            ("create", "walt", "w@example.org", "--role", "king", "--password", "seven wet umbrellas"),
            "no role called 'king'",
        ),
        (
            ("create", "walt", "w@example.org", "--name", "W" * 81, "--password", "seven wet umbrellas"),
            "A name has at most",
        ),
        (
            ("create", "walt", "w@example.org", "--name", "W\udcff", "--password", "seven wet umbrellas"),
            "A name has at most",
        ),
        (("set-role", "nobody", "author"), "no account called 'nobody'"),
        (("disable", "nobody@example.org"), "no account called"),
    ],
)
def test_a_mistake_ends_in_one_sentence(invoke, arguments, sentence):
    result = invoke("user", *arguments)
    assert result.returncode == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_the_last_administrator_stays(invoke):
    create(invoke, "ada", "administrator")
    for command in (("disable", "ada"), ("set-role", "ada", "reader")):
        result = invoke("user", *command)
        assert result.returncode == 1
        assert "last active administrator" in result.stderr
    create(invoke, "bea", "administrator")
    assert invoke("user", "disable", "ada").returncode == 0


def test_without_tables_the_command_says_what_to_do(masthead):
    result = masthead("user", "list")
    assert result.returncode == 1
    assert "masthead db upgrade" in result.stderr
    assert "Traceback" not in result.stderr
