"""Stores redirects."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from masthead.db import db, insert_all_unique, insert_unique
from masthead.redirects.models import PATH_CHARACTERS, Redirect, Target
from masthead.redirects.queries import normal_path


def keep(old_path: str, *, kind: Target, target_id: int) -> bool:
    """Redirect an old path to a row; False if the path is too long, the front page, or in use."""
    path = normal_path(old_path)
    if path == "/" or len(path) > PATH_CHARACTERS:
        return False
    return insert_unique(Redirect, Redirect.path, path, kind=kind.value, target_id=target_id)


def keep_url(old_path: str, *, url: str) -> bool:
    """Redirect an old path to a URL."""
    path = normal_path(old_path)
    if path == "/" or len(path) > PATH_CHARACTERS or normal_path(url) == path:
        return False
    return insert_unique(Redirect, Redirect.path, path, kind=Target.URL.value, target_url=url)


@dataclass(frozen=True, slots=True)
class Destination:
    """An old path, and the row or URL it leads to."""

    old_path: str
    kind: Target
    target_id: int | None = None
    url: str | None = None


def keep_all(destinations: Iterable[Destination]) -> dict[str, str]:
    """Store many redirects in one statement; return those that failed, each with the reason."""
    refused: dict[str, str] = {}
    wanted: dict[str, Destination] = {}
    for destination in destinations:
        path = normal_path(destination.old_path)
        if path == "/" or (destination.url is not None and normal_path(destination.url) == path):
            refused[destination.old_path] = "is an address that is in use"
        elif len(path) > PATH_CHARACTERS:
            refused[destination.old_path] = "is too long for an address"
        else:
            wanted.setdefault(path, destination)
    rows = [
        {"path": path, "kind": to.kind.value, "target_id": to.target_id, "target_url": to.url}
        for path, to in wanted.items()
    ]
    taken = wanted.keys() - insert_all_unique(Redirect, Redirect.path, rows)
    present = (
        {row.path: row for row in db.session.scalars(select(Redirect).where(Redirect.path.in_(taken)))}
        if taken
        else {}
    )
    for path, row in present.items():
        to = wanted[path]
        if (row.kind, row.target_id, row.target_url) != (to.kind.value, to.target_id, to.url):
            refused[to.old_path] = "leads somewhere else already"
    return refused
