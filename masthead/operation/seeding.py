"""``seed-db``: sample accounts and texts, a few or a whole publication."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext

from masthead import clock
from masthead.db import db
from masthead.operation.schema import present_schema
from masthead.web.commands import Command

if TYPE_CHECKING:
    from masthead.operation.demo.collection import DemoPerson
    from masthead.operation.demo.filling import Report

SAMPLE, DEMONSTRATION = "sample", "fieldglass"


@click.command("seed-db", cls=Command)
@click.option("--demo", is_flag=True, help="A whole publication: authors, 60 posts, comments and pictures.")
@with_appcontext
def seed_db(demo: bool) -> None:
    """Add sample accounts and posts. Existing ones stay; a second run adds nothing."""
    # Imported here: drawing and YAML libraries would slow the start of every other command.
    from masthead.operation.demo import collection, filling

    problem = present_schema().problem
    if problem is not None:
        raise click.ClickException(problem)
    chosen = collection.read(DEMONSTRATION if demo else SAMPLE)
    prepared = filling.prepare(chosen)
    report = filling.write(chosen, prepared, at=clock.now())
    db.session.commit()
    _tell(report)


def _tell(report: "Report") -> None:
    if report.is_empty:
        click.echo("Everything was there already; nothing was added.")
        return
    added = {
        "accounts": len(report.accounts),
        "posts": report.posts,
        "pages": report.pages,
        "comments": report.comments,
        "pictures": report.pictures,
    }
    counts = ", ".join(
        f"{count} {what if count > 1 else what.removesuffix('s')}" for what, count in added.items() if count
    )
    settings = " The title, colour and navigation are set." if report.has_settings else ""
    click.echo(f"Added {counts}.{settings}")
    if report.accounts:
        _tell_passwords(report.accounts)


def _tell_passwords(accounts: Sequence[tuple["DemoPerson", str]]) -> None:
    click.echo(f"Sign in at {current_app.config['SITE_URL']}/auth/login. The passwords are shown this once:")
    for person, password in accounts:
        click.echo(f"  {person.role:<14} {person.email:<26} {password}")
    click.echo("Change one with: masthead user set-password USERNAME")
    if any(person.role == "administrator" for person, _ in accounts):
        click.echo("On a site that others can reach, disable these accounts when you have looked around.")
