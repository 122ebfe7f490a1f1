"""``masthead install``: turns the program into a site that systemd runs."""

import os
import pwd
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from masthead.operation import systemd_units
from masthead.operation.systemd_units import UnitPaths
from masthead.web.commands import Command, NamedPath

FOLDER = NamedPath(file_okay=False, path_type=Path)
#: Exists if systemd runs the machine (sd_booted(3)).
RUNNING: Final = Path("/run/systemd/system")
NOT_ROOT = (
    "Only root can make an account and units. Run it with sudo, or see with --dry-run what it would do."
)
NOT_EXECUTABLE = "The account {} cannot run {}: {} Put the program where everybody may read it, such as /srv/masthead, and its Python too."
Step = tuple[str, ...]


@click.command("install", cls=Command)
@click.option(
    "--systemd",
    expose_value=False,
    is_flag=True,
    required=True,
    help="Let systemd run the site, from each start of the machine on.",
)
@click.option(
    "--home",
    type=FOLDER,
    default=systemd_units.DEFAULT_HOME,
    show_default=True,
    help="MASTHEAD_HOME of the site.",
)
@click.option(
    "--account",
    default=systemd_units.DEFAULT_ACCOUNT,
    show_default=True,
    help="Who runs it; made if there is none.",
)
@click.option(
    "--units", type=FOLDER, default=systemd_units.UNIT_FOLDER, show_default=True, help="Where units are."
)
@click.option("--broker", is_flag=True, help="Units for `masthead worker` and `masthead beat` as well.")
@click.option("--dry-run", is_flag=True, help="Show the commands and the units, and do nothing.")
def install(home: Path, account: str, units: Path, broker: bool, dry_run: bool) -> None:
    """Create the account, the home, the tables and the units, and start the site. Existing ones stay."""
    places = UnitPaths(program(), home.absolute(), account)
    names = (*systemd_units.SITE, *(systemd_units.WITH_BROKER if broker else ()))
    texts = {units / name: systemd_units.unit(name, places) for name in names}
    if dry_run:
        _show(places, texts, names)
        return
    if os.geteuid():
        raise click.ClickException(NOT_ROOT)
    for step in preparing(places):
        _run(step)
    _try_program(places)
    _run(as_account(places, "db", "upgrade"))
    units.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
        click.echo(f"{path} is written.")
    if RUNNING.is_dir():
        for step in starting(names):
            _run(step)
        click.echo(f"The site runs. Its log: journalctl --unit {names[0]} --follow")
    else:
        click.echo("Systemd does not run here. On a machine where it does, type:")
        for step in starting(names):
            click.echo(f"  {shlex.join(step)}")
    shown = shlex.join(as_account(places, "check"))
    click.echo(f"Commands of the site run as its account and with its home:\n  {shown}")


def program() -> Path:
    """Return the path of the `masthead` command of this environment, for the units."""
    return Path(sys.executable).absolute().with_name("masthead")


def preparing(places: UnitPaths) -> Iterator[Step]:
    """List the commands that create the missing account and home."""
    try:
        pwd.getpwnam(places.account)
    except KeyError:
        home = ("--home-dir", str(places.home), "--no-create-home", "--shell", "/usr/sbin/nologin")
        yield ("useradd", "--system", "--user-group", *home, places.account)
    yield ("install", "-d", "-o", places.account, "-g", places.group, "-m", "700", str(places.home))


def as_account(places: UnitPaths, *arguments: str) -> Step:
    """Build a command that the site's account runs in its home."""
    variables = ("env", f"MASTHEAD_HOME={places.home}", str(places.program), *arguments)
    return ("runuser", "-u", places.account, "--", *variables)


def starting(names: tuple[str, ...]) -> Iterator[Step]:
    """List the commands that start the units now and at every boot."""
    yield ("systemctl", "daemon-reload")
    yield ("systemctl", "enable", "--now", *names)


def _run(step: Step) -> None:
    click.echo(f"$ {shlex.join(step)}")
    try:
        # A folder that every account may enter.
        subprocess.run(step, check=True, cwd="/")  # noqa: S603 (root has typed the options)
    except FileNotFoundError:
        raise click.ClickException(
            f"There is no command {step[0]} here. Install it, and run this again."
        ) from None
    except subprocess.CalledProcessError as error:
        raise click.ClickException(
            f"`{shlex.join(step)}` has failed with exit code {error.returncode}. Its reason stands above; mend it, and run this again."
        ) from None


def _try_program(places: UnitPaths) -> None:
    """Check that the account can run the program: systemd would only say "Permission denied"."""
    step = as_account(places, "--version")
    result = subprocess.run(  # noqa: S603 (root has typed the options)
        step, check=False, cwd="/", capture_output=True, text=True, errors="replace"
    )
    if result.returncode:
        reason = (result.stderr.strip() or "it ended without a word").splitlines()[-1]
        raise click.ClickException(
            NOT_EXECUTABLE.format(places.account, places.program, f"{reason.rstrip('.')}.")
        )


def _show(places: UnitPaths, texts: dict[Path, str], names: tuple[str, ...]) -> None:
    for step in (*preparing(places), as_account(places, "db", "upgrade")):
        click.echo(f"$ {shlex.join(step)}")
    for path, text in texts.items():
        click.echo(f"\n# {path}\n{text}")
    for step in starting(names):
        click.echo(f"$ {shlex.join(step)}")
