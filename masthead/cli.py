"""The ``masthead`` command; `masthead.app` mounts the features' sub-commands."""

import sys
from typing import TYPE_CHECKING, Any

import click
from flask.cli import FlaskGroup
from werkzeug.utils import import_string

from masthead import __version__, publication_home

if TYPE_CHECKING:
    from flask import Flask


def _create_app() -> "Flask":
    """Make the application, or exit with the list of configuration problems."""
    from masthead.app import create_app
    from masthead.config import ConfigurationError, load

    try:
        # Help works everywhere, and creates nothing.
        return create_app(
            load(
                stores_secrets=publication_home.present().is_dir()
                or publication_home.may_be_made(sys.argv[1:])
            )
        )
    except ConfigurationError as error:
        click.echo("The configuration has mistakes:", err=True)
        for problem in error.problems:
            click.echo(f"  {problem}", err=True)
        sys.exit(1)


def _print_version(ctx: click.Context, _option: click.Parameter, value: Any) -> None:
    if value and not ctx.resilient_parsing:
        from masthead.operation.schema import newest_revision

        click.echo(f"masthead {__version__} (tables {newest_revision()})")
        ctx.exit()


def _answer_without_application(ctx: click.Context, args: list[str]) -> None:
    """End with an unknown command's error or a group's help, which need no publication."""
    from masthead import features
    from masthead.app import FEATURES

    places = features.commands(FEATURES)
    if args[0] not in places and args[0] != "shell":
        ctx.fail(f"No such command {args[0]!r}.")
    command = import_string(places[args[0]]) if len(args) == 1 and args[0] in places else None
    if isinstance(command, click.Group):
        click.echo(command.get_help(click.Context(command, info_name=args[0], parent=ctx)))
        ctx.exit(2)


class MastheadGroup(FlaskGroup):
    """Flask's command group without plugin commands and without the choice of another application."""

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
                help="Show the version, and the revision of the tables that it works with.",
            )
        ]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command. Without a publication, commands that need one end here before they create anything."""
        place = publication_home.present()
        # `dev` works on the source tree and needs no publication.
        if "--help" not in args and args[:1] != ["dev"]:
            try:
                publication_home.check(args)
            except publication_home.MissingHome as error:
                _answer_without_application(ctx, args)
                raise click.ClickException(str(error)) from None
            if publication_home.named() is None and args[:1] != ["install"]:
                # Shows that the command runs in the wrong folder.
                click.echo(f"Home: {place}", err=True)
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Find a command; ``serve`` and ``install`` need no application, because they determine its settings."""
        if name == "serve":
            from masthead.operation.serving import serve

            return serve
        if name == "install":
            from masthead.operation.installing import install

            return install
        return super().get_command(ctx, name)

    def _load_plugin_commands(self) -> None:
        """Load no plugin commands of other packages."""


def main() -> None:
    """Run the command."""
    MastheadGroup().main(prog_name="masthead")
