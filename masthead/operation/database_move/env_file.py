"""Where DATABASE_URL is set, and how it is changed there."""

import os
from pathlib import Path
from typing import Final

from dotenv import dotenv_values, set_key
from sqlalchemy import URL

NAME: Final = "DATABASE_URL"


def is_in_environment() -> bool:
    """Tell if the environment of the process sets it; whoever starts the process changes it there."""
    return any(os.environ.get(name) for name in (f"FLASK_{NAME}", NAME))


def write(url: URL, home: Path) -> Path:
    """Set it in ``.env`` if that file names it, otherwise in the home's ``config.env``; the changed file."""
    here = Path(".env")
    path = here if dotenv_values(here, encoding="utf-8").get(NAME) else home / "config.env"
    if not path.exists():
        # It may hold the database's password.
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    set_key(path, NAME, written(url), quote_mode="always", encoding="utf-8")
    return path.absolute()


def written(url: URL) -> str:
    """A URL as it is written into a file, in which a dollar sign would name a variable."""
    return url.render_as_string(hide_password=False).replace("$", "%24")
