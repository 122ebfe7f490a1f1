"""The folder of a publication, ``MASTHEAD_HOME``: where it is, and which commands may make it."""

import os
import pwd
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

NAME: Final = "MASTHEAD_HOME"
#: Where it is if nobody says so: in the present folder.
DEFAULT: Final = "instance"
#: Commands that begin a publication. Any other that is typed in the wrong folder must leave no secrets there.
BEGINNING: Final = (("init-db",), ("restore",), ("install",), ("db", "upgrade"))
#: It begins one only with a database elsewhere, which has its tables: a new file has none.
SERVING: Final = ("serve",)
MISSING = (
    "There is no publication in {}. Go to the folder that holds yours, or set MASTHEAD_HOME to its home. "
    "`masthead db upgrade` makes a new one here."
)
NOT_OURS = "{path}: {reason}. It belongs to {owner}, and this process runs as {account}. Run: chown -R {account} {home}"


def named() -> str | None:
    """The home that the environment or ``.env`` names."""
    for variable in (f"FLASK_{NAME}", NAME):
        if os.environ.get(variable):
            return os.environ[variable]
    return dotenv_values(".env", encoding="utf-8").get(NAME) or None


def present() -> Path:
    """The home of this process."""
    return Path(named() or DEFAULT).absolute()


def may_be_made(arguments: Sequence[str]) -> bool:
    """Whether a command line begins a publication where there is none."""
    words = tuple(word for word in arguments if not word.startswith("-"))
    if "--help" in arguments:
        return False
    has_database = any(os.environ.get(name) for name in ("DATABASE_URL", "FLASK_DATABASE_URL"))
    commands = (*BEGINNING, SERVING) if has_database else BEGINNING
    return any(words[: len(command)] == command for command in commands)


def why_denied(path: Path, reason: str) -> str:
    """A sentence for a file or folder that the account of this process may not use: whose it is, and what to do."""
    nearest = next((folder for folder in (path, *path.parents) if _owner_of(folder)), path)
    account = _account(os.geteuid())
    return NOT_OURS.format(
        path=path, reason=reason, owner=_owner_of(nearest) or "nobody", account=account, home=nearest
    )


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
