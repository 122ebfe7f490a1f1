"""``masthead dev …``: commands for developers of Masthead."""

import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from masthead.db import Base
from masthead.errors import Conflict
from masthead.operation.scaffold import files, names, registration
from masthead.operation.schema import MIGRATIONS, newest_revision, next_revision
from masthead.web.commands import Group

ROOT = Path(__file__).resolve().parents[3]
#: Paths that exist in a checkout and not in an installed package.
MARKS = ("pyproject.toml", ".importlinter", "ARCHITECTURE.md", "docs/glossary.md", "tests/architecture")
NO_CHECKOUT = "This command changes the source of Masthead, so it works only in a checkout of it. {} is an installed package."

group = Group("dev", help="Work on the source of Masthead.")


@group.command("new-feature")
@click.argument("name")
@click.option("--singular", help="The name of one of them, where it is not NAME without its s.")
@with_appcontext
def new_feature(name: str, singular: str | None) -> None:
    """Write a small working feature, NAME, into this checkout: table, page, API, tests.

    NAME is a plural in lower case, like bookmarks or reading_lists.
    """
    if not all((ROOT / mark).exists() for mark in MARKS):
        raise Conflict(NO_CHECKOUT.format(ROOT / "masthead"))
    feature = names.parse(name, singular, _taken())
    revision = next_revision(MIGRATIONS)
    new = files.rendered(feature, revision=revision, down_revision=newest_revision())
    changed = registration.edited(ROOT, feature)
    _write(new | changed)
    _tidy(
        path for path in new | changed if path.suffix == ".py" and not path.is_relative_to(files.MIGRATIONS)
    )
    _report(feature, new, changed)


def _taken() -> names.Taken:
    return names.Taken.in_checkout(
        ROOT,
        tables=Base.metadata.tables.keys(),
        blueprints=current_app.blueprints.keys(),
        rules=[rule.rule for rule in current_app.url_map.iter_rules()],
    )


def _write(texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")


def _tidy(paths: Iterable[Path]) -> None:
    """Sort imports and wrap lines, which depend on the name."""
    if find_spec("ruff") is None:
        click.echo("Ruff is not installed here: run `make check` for the order of imports and the lines.")
        return
    listed = [str(path) for path in paths]
    ruff = (sys.executable, "-m", "ruff")
    subprocess.run([*ruff, "check", "--quiet", "--select", "I", "--fix", *listed], cwd=ROOT, check=True)  # noqa: S603
    subprocess.run([*ruff, "format", "--quiet", *listed], cwd=ROOT, check=True)  # noqa: S603


def _report(feature: names.FeatureName, new: Iterable[Path], changed: Iterable[Path]) -> None:
    click.echo("Written:")
    for path in sorted(new):
        click.echo(f"  {path}")
    click.echo("Changed:")
    for path in sorted(changed):
        click.echo(f"  {path}")
    click.echo(f"Next: `masthead db upgrade`, then open /{feature.path}. Its tests: tests/{feature.plural}.")
    click.echo("docs/adding-a-feature.md says what each file is for.")
