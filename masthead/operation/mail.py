"""``masthead mail test``."""

import click
from flask import current_app
from flask.cli import with_appcontext

from masthead.db import transactions
from masthead.mail import delivery, messages, transports
from masthead.web.commands import Group

group = Group("mail", help="Check that emails can be sent.")


@group.command("test")
@click.argument("address")
@with_appcontext
def test(address: str) -> None:
    """Send a test letter to ADDRESS now, and say what the mail server answers."""
    messages.address(address)
    if not delivery.is_on():
        raise click.ClickException(
            "Mail is off. Set MAIL_URL, for example smtp://user:password@host:587?tls=starttls."
        )
    try:
        with transactions(may_write=False):
            site_url = current_app.config["SITE_URL"]
            delivery.deliver(messages.compose("test", recipient=address, site_url=site_url))
    except transports.FAILURES as error:
        raise click.ClickException(f"The email was not sent: {error}") from None
    click.echo(f"The email to {address} was handed over.")
