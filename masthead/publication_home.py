"""The home folder of a publication, ``MASTHEAD_HOME``: its location, and the commands that may create it."""

import os
import pwd
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

NAME: Final = "MASTHEAD_HOME"
#: Default home, in the current folder.
DEFAULT: Final = "instance"
#: Commands that create a publication. Others, typed in the wrong folder, must not leave secrets there.
BEGINNING: Final = (("init-db",), ("restore",), ("install",), ("db", "upgrade"))
#: Creates a home only if DATABASE_URL is set: a new SQLite file has no tables.
SERVING: Final = ("serve",)
MISSING = (
    "There is no publication in {}. Go to the folder that holds yours, or set MASTHEAD_HOME to its home. "
    "`masthead db upgrade` makes a new one here."
)
NOT_OURS = "{path}: {reason}. It belongs to {owner}, and this process runs as {account}. Run: chown -R {account} {home}"


class MissingHome(Exception):
    """No publication is where a command looks for it."""


def named() -> str | None:
    """Return the home that the environment or ``.env`` names."""
    return _setting(NAME)


def present() -> Path:
    """Return the home of this process."""
    return Path(named() or DEFAULT).absolute()


def may_be_made(arguments: Sequence[str]) -> bool:
    """Tell if a command line may create a missing publication."""
    words = tuple(word for word in arguments if not word.startswith("-"))
    if "--help" in arguments:
        return False
    commands = (*BEGINNING, SERVING) if _setting("DATABASE_URL") else BEGINNING
    return any(words[: len(command)] == command for command in commands)


def check(arguments: Sequence[str]) -> None:
    """Raise `MissingHome` for a command line that needs a publication where there is none."""
    place = present()
    if not place.is_dir() and not may_be_made(arguments):
        raise MissingHome(MISSING.format(place))


def why_denied(path: Path, reason: str) -> str:
    """Explain why this process's account may not use a file or folder: its owner, and the fix."""
    nearest = next((folder for folder in (path, *path.parents) if _owner_of(folder)), path)
    account = _account(os.geteuid())
    return NOT_OURS.format(
        path=path, reason=reason, owner=_owner_of(nearest) or "nobody", account=account, home=nearest
    )


def _setting(name: str) -> str | None:
    """A setting as the environment or ``.env`` has it, before there is a configuration."""
    for variable in (f"FLASK_{name}", name):
        if os.environ.get(variable):
            return os.environ[variable]
    return dotenv_values(".env", encoding="utf-8").get(name) or None


def _owner_of(path: Path) -> str:
    try:
        return _account(path.stat().st_uid)
    except OSError:
        return ""


def _account(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"account {number}"
