"""Loads the settings, and reports every mistake in them at once without its value."""

import os
from pathlib import Path

from dotenv import dotenv_values
from pydantic import ValidationError

from masthead import publication_home
from masthead.config import names
from masthead.config.environments import CONFIGS, Config


class ConfigurationError(Exception):
    """The configuration is invalid; ``problems`` names every wrong setting."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(*, stores_secrets: bool = True, **overrides: object) -> Config:
    """Load the configuration that FLASK_CONFIG selects; raises `ConfigurationError` with every problem at once.

    With ``stores_secrets=False`` missing secrets are generated for this process alone, and nothing is written.
    """
    name = os.environ.get("FLASK_CONFIG") or "production"
    if name not in CONFIGS:
        raise ConfigurationError([f"FLASK_CONFIG: must be one of {', '.join(CONFIGS)}."])
    try:
        read = CONFIGS[name](**overrides)  # type: ignore[arg-type]  # pydantic checks them
        return read.with_secrets() if stores_secrets else read.with_passing_secrets()
    except ValidationError as error:
        raise ConfigurationError(_problems(error)) from None
    except PermissionError as error:
        place = Path(str(error.filename or publication_home.present()))
        raise ConfigurationError(
            [f"MASTHEAD_HOME: {publication_home.why_denied(place, error.strerror or '')}"]
        ) from None
    except OSError as error:
        raise ConfigurationError([f"MASTHEAD_HOME: {error.filename}: {error.strerror}."]) from None


def unknown_names(home: Path) -> list[str]:
    """Return a sentence for each unknown name in the environment or in ``config.env`` of this home."""
    known = {"FLASK_CONFIG", *Config.model_fields}
    path = home / "config.env"
    in_file = dotenv_values(path, encoding="utf-8") if path.is_file() else {}
    return [
        *names.unknown_variables(os.environ, known),
        *names.misspelt_variables(os.environ, known),
        *names.unknown_in_file(in_file, str(path), known),
    ]


def _problems(error: ValidationError) -> list[str]:
    """One line for each setting, without its value, which may be secret."""
    lines = []
    for item in error.errors(include_url=False, include_input=False):
        name = str(item["loc"][0]) if item["loc"] else "configuration"
        message = item["msg"].removeprefix("Value error, ")
        lines.append(f"{name}: {message[0].lower()}{message[1:]}.")
    return lines
