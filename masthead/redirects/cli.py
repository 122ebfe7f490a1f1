"""``masthead redirect …``: old addresses that lead elsewhere."""

import click
from flask.cli import with_appcontext

from masthead.db import db
from masthead.errors import NotFound
from masthead.redirects import changing, queries
from masthead.redirects.models import Target
from masthead.web.commands import Group

group = Group("redirect", help="Lead old addresses elsewhere.")


@group.command("list")
@with_appcontext
def list_redirects() -> None:
    """Show where old addresses lead, one on each line."""
    for found in db.session.scalars(changing.elsewhere()):
        click.echo(f"{found.path}\t{found.target_url}")


@group.command("add")
@click.argument("path")
@click.argument("url")
@with_appcontext
def add(path: str, url: str) -> None:
    """Lead the old PATH of this site, like /2019/ferry.html, to URL."""
    made = changing.make(path, url, by=None)
    db.session.commit()
    click.echo(f"{made.path} leads to {made.target_url} now.")


@group.command("remove")
@click.argument("path")
@with_appcontext
def remove(path: str) -> None:
    """Let the old PATH be unknown again."""
    found = queries.for_path(path)
    if found is None or found.kind != Target.URL:
        raise NotFound(f"{path} leads to no address that was set by hand.")
    old_path = found.path
    changing.remove(found, by=None)
    db.session.commit()
    click.echo(f"{old_path} leads nowhere now.")
