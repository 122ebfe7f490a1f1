"""Shell commands whose errors end in one clear sentence and exit code 1, never in a traceback."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy.exc import ProgrammingError
from werkzeug.utils import import_string

from masthead import publication_home
from masthead.db import Failure, failures
from masthead.errors import DomainError
from masthead.storage.errors import StoreUnavailable

NO_TABLES = (
    "The database has no tables yet, or those of another version. Run `masthead db upgrade` first. ({})"
)
#: SQLite reports every missing table or column under one code.
WRONG_TABLES = ("no such table", "no such column", "has no column")
SENTENCES: dict[Failure | None, str] = {
    Failure.AWAY: "The database does not answer. Check DATABASE_URL, and that its server runs and lets you in. ({})",
    Failure.FULL: "There is no room left for the database. Make room on its disk, and try again. ({})",
    Failure.READ_ONLY: "The database can only be read at the moment. Try again when it can be written. ({})",
    Failure.BUSY: "Others have been writing into the database for a minute, so nothing was changed. Try again. ({})",
}

UNENCODABLE = "A value has bytes that are not UTF-8 and cannot be stored. Type it again."
SHOWN_CHARACTERS = 200


class NamedPath(click.Path):
    """A path on the command line that must not be empty: an empty one would mean the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check the path."""
        if value == "":
            self.fail("Name a file or a folder; this is empty.", param, ctx)
        return super().convert(value, param, ctx)


def _of_a_file(error: OSError) -> str:
    """Describe an operating system error of a file or a connection in a sentence."""
    reason = (error.strerror or str(error) or type(error).__name__).rstrip(".")
    if isinstance(error, PermissionError) and error.filename is not None:
        return publication_home.why_denied(Path(os.fsdecode(error.filename)), reason)
    name = click.format_filename(str(error.filename)) if error.filename is not None else ""
    return f"{name[:SHOWN_CHARACTERS]}: {reason}." if name else f"{reason}."


STORE_AWAY = (
    "The files could not be read or written ({}). Look at MEDIA_URL, its endpoint and its keys, and run the command again: "
    "what is done stays done."
)


class Command(click.Command):
    """A command that prints domain errors as sentences."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return self.perform(ctx)
        except DomainError as error:
            raise click.ClickException(error.message) from None
        except UnicodeEncodeError:
            raise click.ClickException(UNENCODABLE) from None
        except OSError as error:
            raise click.ClickException(_of_a_file(error)) from None
        except StoreUnavailable as error:
            # The store repeats itself in the words for programmers.
            reason = str(error).partition(" Debug source")[0][:300]
            raise click.ClickException(STORE_AWAY.format(reason)) from None
        except (*failures.KINDS, ProgrammingError) as error:
            reason = failures.reason_of(error)
            is_away = not any(words in reason for words in WRONG_TABLES)
            sentence = SENTENCES.get(failures.failure_of(error), NO_TABLES) if is_away else NO_TABLES
            raise click.ClickException(sentence.format(reason)) from None

    def perform(self, ctx: click.Context) -> Any:
        """Run the callback and turn its errors into sentences."""
        return super().invoke(ctx)


class Group(click.Group):
    """A group of such commands. Declare each one `flask.cli.with_appcontext` as well."""

    command_class = Command


class CommandTable(AppGroup):
    """The commands of an application by name; each module is imported when its command is looked up.

    Import, export and migrations depend on large libraries that server processes must not load.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        super().__init__("masthead")
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of all commands."""
        return sorted({*self._places, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Look a command up by its name."""
        known = super().get_command(ctx, cmd_name)
        if known is not None or cmd_name not in self._places:
            return known
        command: click.Command = import_string(self._places[cmd_name])
        self.add_command(command, cmd_name)
        return command
