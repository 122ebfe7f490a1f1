"""Shell commands whose mistakes end in one clear sentence and exit code 1, never in a traceback."""

from typing import Any

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from masthead.errors import DomainError

NO_SCHEMA = "The database does not answer, or has no tables yet. Run `masthead db upgrade` first. ({})"


class Command(click.Command):
    """A command that turns a domain error into a sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except DomainError as error:
            raise click.ClickException(error.message) from None
        except (OperationalError, ProgrammingError) as error:
            raise click.ClickException(NO_SCHEMA.format(str(error.orig).strip().splitlines()[0])) from None


class Group(click.Group):
    """A group of such commands. Each is declared `flask.cli.with_appcontext` as well."""

    command_class = Command
