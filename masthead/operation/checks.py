"""``masthead check``: problems of an installation, and how to fix them."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from masthead import clock, secret_files
from masthead import config as configuration
from masthead.config import EVERY_NETWORK, SQLITE_NAME
from masthead.db import db, moved
from masthead.operation import clock_checks, connections
from masthead.operation.database_move import source as database_move
from masthead.operation.deep_checks import DEEP_CHECKS
from masthead.operation.findings import Finding, Level
from masthead.operation.schema import present_schema
from masthead.people import queries as people
from masthead.storage import store
from masthead.web.commands import Command
from masthead.web.middleware import proxies
from masthead.web.telemetry import logs, sentry, tracing

#: Below this much free space a database fails before its owner can react.
FREE_MEGABYTES = 200
#: Seconds for which the check reports an unreadable client address.
NOTED_SECONDS = 86_400
MOVED = (
    "The content of {} was moved to another database, and it can only be read. Set DATABASE_URL to the new one, or open "
    "this one again: masthead db reopen"
)
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@click.command("check", cls=Command)
@click.option(
    "--only", "subjects", multiple=True, metavar="SUBJECT", help="Look at this alone; may be repeated."
)
@click.option(
    "--deep",
    is_flag=True,
    help="Read every page of the database, the search index and every picture as well.",
)
@with_appcontext
def check(subjects: tuple[str, ...], deep: bool) -> None:
    """Check the installation, and say how to fix its problems. Exit code 1 if there are any."""
    known = CHECKS | DEEP_CHECKS
    unknown = set(subjects) - known.keys()
    if unknown:
        raise click.BadParameter(f"{min(unknown)} is none of {', '.join(known)}.", param_hint="--only")
    findings = list(all_findings(subjects or tuple(CHECKS)))
    if deep or DEEP_CHECKS.keys() & set(subjects):
        findings += all_deep_findings(subjects)
    for finding in findings:
        click.echo(f"{finding.level:<9}{finding.subject:<15}{finding.sentence}")
    errors = sum(finding.level is Level.ERROR for finding in findings)
    if errors:
        raise click.ClickException(f"{errors} {'thing is' if errors == 1 else 'things are'} wrong.")


def all_findings(subjects: tuple[str, ...]) -> Iterator[Finding]:
    """Run these checks, in the order in which their problems are best fixed."""
    for subject, looked_at in CHECKS.items():
        if subject in subjects:
            yield from looked_at()


def all_deep_findings(subjects: tuple[str, ...]) -> Iterator[Finding]:
    """Run the deep checks, or the named ones; none without usable tables, which is a finding of its own."""
    problem = present_schema().problem
    if problem is not None:
        yield Finding(Level.ERROR, "pages", problem)
        return
    chosen = [name for name in DEEP_CHECKS if name in subjects] or list(DEEP_CHECKS)
    for name in chosen:
        yield from DEEP_CHECKS[name]()


def _configuration() -> Iterator[Finding]:
    # An invalid configuration has ended the command with the list of its problems.
    for sentence in configuration.unknown_names(_home()):
        yield Finding(Level.ERROR, "configuration", sentence)
    if current_app.debug:
        yield Finding(
            Level.WARNING,
            "configuration",
            "This is the development configuration, whose debugger runs any code. Set FLASK_CONFIG=production "
            "before anybody else can reach the site.",
        )
    else:
        yield Finding(Level.OK, "configuration", "Every setting can be used.")


def _secrets() -> Iterator[Finding]:
    folder = _home() / "secrets"
    home = _home()
    private = (home, home / "media", folder, *sorted(folder.glob("[!.]*")), home / "config.env")
    loose = [path for path in private if secret_files.is_open_to_others(path)]
    for path in loose:
        mode = "700" if path.is_dir() else "600"
        yield Finding(
            Level.ERROR, "secrets", f"Other accounts of this machine can use {path}. Run: chmod {mode} {path}"
        )
    empty = [path for path in sorted(folder.glob("[!.]*")) if path.is_file() and not path.stat().st_size]
    for path in empty:
        sentence = (
            f"{path} is empty. Put it back from a backup: without it nobody's login and no link from an email counts. If there is none, delete "
            "the file, and a new secret is made at the next start."
        )
        yield Finding(Level.ERROR, "secrets", sentence)
    if not loose and not empty:
        yield Finding(Level.OK, "secrets", "Nobody else on this machine can read them.")


def _storage() -> Iterator[Finding]:
    home = _home()
    try:
        with tempfile.TemporaryFile(dir=home) as probe:
            probe.write(b"masthead")
    except OSError as error:
        yield Finding(
            Level.ERROR,
            "storage",
            f"Nothing can be written into {home} ({error.strerror}). Give this folder to the account that runs "
            "Masthead, or set MASTHEAD_HOME to another one.",
        )
        return
    free = _free_megabytes(home)
    if free < FREE_MEGABYTES:
        yield Finding(
            Level.ERROR, "storage", f"Only {free} MB are free in {home}. Make room before the disk is full."
        )
    else:
        yield Finding(Level.OK, "storage", f"{home} can be written to.")


def _pictures() -> Iterator[Finding]:
    pictures = store.current()
    problem = pictures.problem()
    if problem is not None:
        yield Finding(Level.ERROR, "pictures", problem)
    else:
        yield Finding(Level.OK, "pictures", f"Pictures can be kept in {pictures.place}.")


def _free_megabytes(folder: Path) -> int:
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize // 1_000_000


def _database() -> Iterator[Finding]:
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    schema = present_schema()
    if schema.problem is not None:
        yield Finding(Level.ERROR, "database", schema.problem)
        return
    place = url.database if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)
    if database_move.has_moved(db.engine):
        yield Finding(Level.ERROR, "database", MOVED.format(place))
    else:
        yield Finding(Level.OK, "database", f"{place} answers, and its tables are those of this version.")
    yield from _database_beside(url)
    yield from _accounts()


def _database_beside(url: URL) -> Iterator[Finding]:
    """Tell if the home contains an SQLite database of a publication that DATABASE_URL does not name."""
    path = _home() / SQLITE_NAME
    if url.get_backend_name() == "sqlite" and url.database and Path(url.database) == path:
        return
    if moved.has_moved(str(path)):
        yield Finding(
            Level.OK,
            "database",
            f"{path} was moved, and can only be read. Delete it when you do not need it.",
        )
        return
    posts = _posts_in(path) if path.is_file() else 0
    if posts:
        sentence = (
            f"{path} holds a publication with {posts} {'post' if posts == 1 else 'posts'}, and DATABASE_URL names another database. What is there "
            "is not shown. Leave DATABASE_URL out to go on with it, or move the file away when you do not need it."
        )
        yield Finding(Level.ERROR, "database", sentence)


def _posts_in(path: Path) -> int:
    """Count the posts in an SQLite file; 0 if it is none of ours."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            (count,) = connection.execute("SELECT count(*) FROM post").fetchone()
    except sqlite3.Error:
        return 0
    return int(count)


def _accounts() -> Iterator[Finding]:
    try:
        administrators = db.session.scalars(people.active_administrators()).all()
        is_new = people.is_empty()
    except SQLAlchemyError:
        yield Finding(
            Level.ERROR, "accounts", "The accounts cannot be read. Restore a backup of the database."
        )
        return
    finally:
        db.session.rollback()
    if is_new:
        yield Finding(
            Level.WARNING, "accounts", "Nobody has one yet. `masthead serve` prints a link to make the first."
        )
    elif not administrators:
        yield Finding(
            Level.ERROR,
            "accounts",
            "Nobody can administer the site. Run: masthead user set-role USERNAME administrator",
        )
    else:
        yield Finding(Level.OK, "accounts", f"{len(administrators)} can administer the site.")


def _address() -> Iterator[Finding]:
    settings = current_app.config
    problems = list(_address_problems(settings["SITE_URL"], settings["HOST"]))
    yield from problems
    if not problems:
        yield Finding(Level.OK, "address", f"Readers reach the site at {settings['SITE_URL']}/.")


def _address_problems(site_url: str, host: str) -> Iterator[Finding]:
    is_https, site_host = site_url.startswith("https://"), _host_of(site_url)
    if site_host in EVERY_NETWORK:
        sentence = f"Nobody can open {site_url}/. Set SITE_URL to the address that readers use."
        yield Finding(Level.ERROR, "address", sentence)
    elif site_host in THIS_MACHINE and host not in THIS_MACHINE:
        sentence = f"The server listens on {host}, but its links lead to {site_url}/. Set SITE_URL to what readers use."
        yield Finding(Level.WARNING, "address", sentence)
    elif site_host not in THIS_MACHINE and not is_https:
        sentence = (
            "Passwords travel unprotected over http. Put a proxy with a certificate in front, and set SITE_URL "
            "to https://…"
        )
        yield Finding(Level.WARNING, "address", sentence)
    if is_https and not current_app.config["TRUSTED_PROXIES"]:
        sentence = (
            "SITE_URL is https, but no proxy is trusted to say that a request came by https, so every page would "
            "redirect to itself. Set TRUSTED_PROXIES=1 if one proxy is in front."
        )
        yield Finding(Level.WARNING, "address", sentence)
    if site_host not in {name.strip("[]").lower() for name in current_app.config["TRUSTED_HOSTS"]}:
        sentence = f"TRUSTED_HOSTS lacks {site_host}, so the site would refuse its own address. Add it, or leave it out."
        yield Finding(Level.ERROR, "address", sentence)


def _host_of(site_url: str) -> str:
    return urlsplit(site_url).hostname or ""


def _proxies() -> Iterator[Finding]:
    """Check that the client addresses from the proxy were readable lately."""
    note = _home() / proxies.NOTE_NAME
    if note.exists() and clock.now().timestamp() - note.stat().st_mtime < NOTED_SECONDS:
        yield Finding(
            Level.ERROR,
            "proxies",
            f"The proxy in front has sent X-Forwarded-For with {note.read_text(encoding='ascii')}, which is no "
            "address. Let it send the reader's, or set TRUSTED_PROXIES to the number of proxies that do; until then "
            "limits count all of its readers as one.",
        )
    else:
        yield Finding(Level.OK, "proxies", f"{current_app.config['TRUSTED_PROXIES']} of them are believed.")


def _log() -> Iterator[Finding]:
    problems = logs.problems(current_app)
    for problem in problems:
        yield Finding(Level.ERROR, "log", problem)
    if not problems:
        yield Finding(Level.OK, "log", "It is written wherever it should be.")


def _observers() -> Iterator[Finding]:
    """Check that error reports and traces can be sent; contacts no server."""
    settings = current_app.config
    wanted = {"SENTRY_DSN": sentry, "OTEL_EXPORTER_OTLP_ENDPOINT": tracing}
    named = {name: module for name, module in wanted.items() if settings[name]}
    missing = [module.MISSING for module in named.values() if module.is_missing()]
    for sentence in missing:
        yield Finding(Level.ERROR, "observers", sentence)
    if not missing:
        told = (
            f"Those that {' and '.join(named)} name are told."
            if named
            else "Nobody else is told of errors or requests."
        )
        yield Finding(Level.OK, "observers", told)


def _home() -> Path:
    home: Path = current_app.config["MASTHEAD_HOME"]
    return home


#: The checks, by the subject of their first line.
CHECKS: dict[str, Callable[[], Iterator[Finding]]] = {
    "configuration": _configuration,
    "secrets": _secrets,
    "storage": _storage,
    "pictures": _pictures,
    "database": _database,
    "postgresql": connections.postgresql,
    "limits": connections.redis,
    "broker": connections.broker,
    "clock": clock_checks.clock_is_right,
    "jobs": connections.jobs,
    "mail": connections.mail,
    "address": _address,
    "proxies": _proxies,
    "log": _log,
    "observers": _observers,
}
