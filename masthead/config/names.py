"""Unknown settings: misspelt names, and ``FLASK_`` variables that are neither ours nor Flask's."""

import difflib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from flask import Flask

PREFIX: Final = "FLASK_"
#: Variables that Flask's own command reads (https://flask.palletsprojects.com/en/stable/cli/), beside FLASK_RUN_….
COMMAND_VARIABLES: Final = frozenset({"CONFIG", "APP", "DEBUG", "ENV", "SKIP_DOTENV"})
#: Settings that Flask and its extensions read and Masthead does not set, beside Flask's own defaults.
EXTENSION_SETTINGS: Final = frozenset(
    {
        "EXPLAIN_TEMPLATE_LOADING",
        "PROPAGATE_EXCEPTIONS",
        "SQLALCHEMY_RECORD_QUERIES",
        "TEMPLATES_AUTO_RELOAD",
        "TRAP_BAD_REQUEST_ERRORS",
        "TRAP_HTTP_EXCEPTIONS",
    }
)
#: Settings that Masthead derives from its own; a second source could only contradict.
DERIVED: Final = frozenset(
    {
        "APPLICATION_ROOT",
        "DEBUG",
        "PREFERRED_URL_SCHEME",
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "SERVER_NAME",
        "SESSION_COOKIE_DOMAIN",
        "SESSION_COOKIE_HTTPONLY",
        "SESSION_COOKIE_NAME",
        "SESSION_COOKIE_PARTITIONED",
        "SESSION_COOKIE_PATH",
        "SESSION_COOKIE_SAMESITE",
        "SESSION_COOKIE_SECURE",
        "SESSION_REFRESH_EACH_REQUEST",
        "TESTING",
        "TRUSTED_HOSTS",
        "USE_X_SENDFILE",
    }
)
FLASK_SETTINGS: Final = frozenset(Flask.default_config) - DERIVED | EXTENSION_SETTINGS
LEAST_LIKENESS: Final = 0.75
#: Higher threshold for variables without the prefix, which other programs may use.
LEAST_MISSPELT_LIKENESS: Final = 0.86
SHORTEST_MISSPELT: Final = 8
#: These locate the file, so they cannot be set in it.
NOT_IN_FILES: Final = frozenset({"MASTHEAD_HOME"})


def flask_overrides(environment: Mapping[str, str], ours: Collection[str]) -> dict[str, Any]:
    """Read Flask's settings from ``FLASK_<NAME>``, like `flask.Config.from_prefixed_env`: JSON, else text."""
    return {
        name: _value(environment[PREFIX + name])
        for name in sorted(FLASK_SETTINGS - set(ours))
        if environment.get(PREFIX + name)
    }


def unknown_variables(environment: Mapping[str, str], ours: Collection[str]) -> Iterator[str]:
    """Return a sentence for each unknown ``FLASK_`` variable."""
    for variable in sorted(environment):
        name = variable.removeprefix(PREFIX)
        if variable == name or name in COMMAND_VARIABLES or name.startswith("RUN_"):
            continue
        if name in DERIVED and name not in ours:
            yield f"{variable} has no effect: Masthead derives {name} from its own settings."
        elif name not in ours and name not in FLASK_SETTINGS:
            yield f"{variable} is neither a setting of Masthead nor one of Flask.{_suggestion(name, ours)}"


def misspelt_variables(environment: Mapping[str, str], ours: Collection[str]) -> Iterator[str]:
    """Return a sentence for each variable whose name nearly equals a setting."""
    # Short settings are skipped: they resemble variables of other programs.
    candidates = [name for name in ours if len(name) >= SHORTEST_MISSPELT]
    for variable in sorted(environment):
        if variable in ours or variable.startswith(PREFIX):
            continue
        alike = difflib.get_close_matches(variable.upper(), candidates, n=1, cutoff=LEAST_MISSPELT_LIKENESS)
        if alike:
            yield f"{variable} in the environment is not a setting of Masthead. Did you mean {alike[0]}?"


def unknown_in_file(values: Mapping[str, str | None], path: str, ours: Collection[str]) -> Iterator[str]:
    """Return a sentence for each unknown or ineffective name in a settings file."""
    for name in sorted(values):
        if name in NOT_IN_FILES or name.removeprefix(PREFIX) in COMMAND_VARIABLES:
            yield f"{name} in {path} has no effect: set it in the environment."
        elif name not in ours:
            yield f"{name} in {path} is not a setting of Masthead.{_suggestion(name.removeprefix(PREFIX), ours)}"
        elif values[name] is None:
            yield f"{name} in {path} has no value: write {name}=…"


def _suggestion(name: str, ours: Collection[str]) -> str:
    alike = difflib.get_close_matches(name.upper(), sorted(ours), n=1, cutoff=LEAST_LIKENESS)
    return f" Did you mean {alike[0]}?" if alike else ""


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
