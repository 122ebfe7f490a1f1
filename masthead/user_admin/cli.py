"""``masthead user …``: manage accounts from the command line, without a mail server."""

from typing import Protocol

import click
from flask.cli import with_appcontext

from masthead import clock
from masthead.db import db
from masthead.errors import Invalid
from masthead.login import actions as login_actions
from masthead.login import one_time_links, passwords
from masthead.login.models import AccountToken
from masthead.login.one_time_links import Purpose, url_of
from masthead.people import actions, queries, validation
from masthead.people.errors import EmailTaken, UsernameTaken
from masthead.people.models import NAME_CHARACTERS, User
from masthead.people.names import display_names
from masthead.text.plain import is_storable
from masthead.user_admin import actions as user_admin_actions
from masthead.user_admin import invitations, role_actions
from masthead.web.commands import Group

group = Group("user", help="Make and change accounts.")

PASSWORD_OPTION = click.option(
    "--password",
    help="The password; asked for when it is not given, which keeps it out of the shell's history.",
)


@group.command("create")
@click.argument("username")
@click.argument("email")
@click.option("--role", default="reader", show_default=True, help="The role's name.")
@click.option("--name", default="", help="The name that readers see.")
@PASSWORD_OPTION
@with_appcontext
def create(username: str, email: str, role: str, name: str, password: str | None) -> None:
    """Make the account USERNAME with the address EMAIL."""
    name = name.strip()
    _check_account(username, email, role, name)
    password = _typed(password)
    password_hash = passwords.hash_password(password, about=(username, email))
    user = actions.register(
        username=username,
        email=email,
        password_hash=password_hash,
        at=clock.now(),
        role=queries.role(role),
        by_themself=False,
        name=name,
    )
    db.session.commit()
    click.echo(f"{username} can sign in as {user.email}, with the role {role}.")


@group.command("list")
@with_appcontext
def list_accounts() -> None:
    """List all accounts."""
    from rich.console import Console
    from rich.table import Table

    table = Table("User name", "E-mail", "Role", "State", box=None, pad_edge=False)
    for user in db.session.scalars(queries.accounts()):
        table.add_row(
            user.username, user.email or "", user.role.name, "active" if user.is_active else "disabled"
        )
    Console().print(table)


@group.command("set-role")
@click.argument("identity", metavar="USERNAME_OR_EMAIL")
@click.argument("role")
@with_appcontext
def set_role(identity: str, role: str) -> None:
    """Give somebody the role ROLE."""
    user = queries.by_username_or_email(identity)
    user_admin_actions.set_role(user, queries.role(role), by=None)
    db.session.commit()
    click.echo(f"{user.username} has the role {role} now.")


@group.command("set-password")
@click.argument("identity", metavar="USERNAME_OR_EMAIL")
@PASSWORD_OPTION
@with_appcontext
def set_password(identity: str, password: str | None) -> None:
    """Give somebody a new password, which signs them out everywhere."""
    queries.by_username_or_email(identity)
    password = _typed(password)
    password_hash = passwords.hash_password(password)
    user = queries.by_username_or_email(identity)
    login_actions.reset_password(user, password_hash, by=None)
    db.session.commit()
    click.echo(
        f"{user.username} has a new password, and is signed out everywhere. Tokens for programs have ended."
    )


@group.command("disable")
@click.argument("identity", metavar="USERNAME_OR_EMAIL")
@with_appcontext
def disable(identity: str) -> None:
    """Keep somebody from signing in. Their texts stay."""
    _change(identity, user_admin_actions.disable, "cannot sign in any more.")


@group.command("enable")
@click.argument("identity", metavar="USERNAME_OR_EMAIL")
@with_appcontext
def enable(identity: str) -> None:
    """Enable a disabled account, and cancel its pending deletion."""
    _change(identity, user_admin_actions.enable, "can sign in again.")


@group.command("reset-link")
@click.argument("identity", metavar="USERNAME_OR_EMAIL")
@with_appcontext
def reset_link(identity: str) -> None:
    """Print a link with which somebody sets a new password. It works once, for an hour."""
    _print_link(user_admin_actions.reset_link(queries.by_username_or_email(identity), by=None))


@group.command("invite")
@click.argument("email")
@click.option("--role", default="reader", show_default=True, help="The role's name.")
@with_appcontext
def invite(email: str, role: str) -> None:
    """Print a link with which the owner of EMAIL makes an account. It works once, for seven days."""
    _print_link(invitations.prepare(email, queries.role(role), by=None))


@group.command("sign-out")
@click.argument("identity", metavar="USERNAME_OR_EMAIL")
@with_appcontext
def sign_out(identity: str) -> None:
    """Sign somebody out on every device."""
    _change(identity, login_actions.sign_out_everywhere, "is signed out everywhere.")


@group.command("end-tokens")
@click.argument("identity", metavar="USERNAME_OR_EMAIL")
@with_appcontext
def end_tokens(identity: str) -> None:
    """End every personal token of somebody. They stay signed in."""
    _change(identity, login_actions.end_tokens, "has no tokens for programs any more.")


@group.command("confirm")
@click.argument("identity", metavar="USERNAME_OR_EMAIL")
@with_appcontext
def confirm(identity: str) -> None:
    """Count the address of somebody as confirmed, where no letter reaches it."""
    _change(identity, user_admin_actions.mark_email_confirmed, "has a confirmed address.")


@group.command("reset-factor")
@click.argument("identity", metavar="USERNAME_OR_EMAIL")
@with_appcontext
def reset_factor(identity: str) -> None:
    """Remove all second factors of an account whose owner has lost them."""
    _change(
        identity,
        user_admin_actions.reset_second_factor,
        "no longer has two-factor authentication, and is signed out everywhere.",
    )


@group.command("require-factor")
@click.argument("role")
@click.option("--off", is_flag=True, help="Ask for none any longer.")
@with_appcontext
def require_factor(role: str, off: bool) -> None:
    """Ask everybody with the role ROLE for a second factor."""
    found = queries.role(role)
    role_actions.require_second_factor(found, not off, by=None)
    db.session.commit()
    click.echo(
        f"The role {found.name} {'no longer requires' if off else 'requires'} two-factor authentication."
    )


def _check_account(username: str, email: str, role: str, name: str) -> None:
    """Check the input before the password prompt. Concurrent changes are detected when the account is stored."""
    if len(name) > NAME_CHARACTERS or not is_storable(name):
        raise Invalid(
            f"A name has at most {NAME_CHARACTERS} characters, and none that cannot be stored. Give another one.",
            field="name",
        )
    validation.normalize_username(username)
    checked = validation.normalize_email(email)
    queries.role(role)
    if queries.by_username(username) is not None:
        raise UsernameTaken(username)
    if queries.by_email(checked) is not None:
        raise EmailTaken(checked)
    display_names.check(name, of=None)


def _typed(password: str | None) -> str:
    """Return the given or prompted password. The transaction ends first, so that the prompt locks nobody out."""
    db.session.rollback()
    if password is not None:
        return password
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


class AccountAction(Protocol):
    """An action on an account without further arguments."""

    def __call__(self, user: User, *, by: User | None) -> None: ...


def _change(identity: str, change: AccountAction, outcome: str) -> None:
    user = queries.by_username_or_email(identity)
    change(user, by=None)
    db.session.commit()
    click.echo(f"{user.username} {outcome}")


def _print_link(token: AccountToken) -> None:
    link = url_of(Purpose(token.purpose), one_time_links.issue_secret(token))
    db.session.commit()
    click.echo(link)
