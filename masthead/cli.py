"""The command ``masthead``; its sub-commands belong to the features and are mounted by `masthead.app`."""

import sys
from typing import TYPE_CHECKING, Any

import click
from flask.cli import FlaskGroup

from masthead import __version__

if TYPE_CHECKING:
    from flask import Flask


def _create_app() -> "Flask":
    """Make the application, or end with the list of what is wrong with the configuration."""
    from masthead.app import create_app
    from masthead.config import ConfigurationError

    try:
        return create_app()
    except ConfigurationError as error:
        click.echo("The configuration has mistakes:", err=True)
        for problem in error.problems:
            click.echo(f"  {problem}", err=True)
        sys.exit(1)


def _print_version(ctx: click.Context, _option: click.Parameter, value: Any) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"masthead {__version__}")
        ctx.exit()


class Masthead(FlaskGroup):
    """Flask's group with our commands alone: no other extension's, and no choice of another application."""

    def __init__(self) -> None:
        super().__init__(
            name="masthead",
            help="Masthead, a self-hosted publishing platform.",
            create_app=_create_app,
            add_version_option=False,
            add_default_commands=False,
            set_debug_flag=False,
            load_dotenv=False,
        )
        self.params = [
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_print_version,
                help="Show the version.",
            )
        ]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Find a command; ``serve`` before there is an application, since its options are settings of the application."""
        if name == "serve":
            from masthead.operation.serving import serve

            return serve
        return super().get_command(ctx, name)

    def _load_plugin_commands(self) -> None:
        """Leave out what other installed packages would add."""


def main() -> None:
    """Run the command."""
    Masthead().main(prog_name="masthead")
