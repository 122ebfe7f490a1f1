"""Redirects to URLs, as administrators set them. Imports and renames make those to texts and people."""

from collections.abc import Mapping

from sqlalchemy import Select, or_, select

from masthead import audit
from masthead.db import db
from masthead.errors import Conflict, Invalid, Mistakes, NotAllowed, NotFound
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.redirects import actions
from masthead.redirects.models import PATH_CHARACTERS, Redirect, Target
from masthead.redirects.queries import normal_path
from masthead.settings.navigation import ADDRESS_CHARACTERS, is_address
from masthead.text.plain import is_storable

TAKEN = "This URL redirects already. Remove that redirect first."


def elsewhere(wanted: str = "") -> Select[Redirect]:
    """The redirects to URLs whose path or target contains this text, by path."""
    found = select(Redirect).where(Redirect.kind == Target.URL).order_by(Redirect.path)
    if not wanted or not is_storable(wanted):
        return found
    columns = (Redirect.path, Redirect.target_url)
    return found.where(or_(*(column.icontains(wanted, autoescape=True) for column in columns)))


def get(redirect_id: int) -> Redirect:
    """Return the redirect with this id; raises `NotFound`."""
    found = db.session.scalar(elsewhere().where(Redirect.id == redirect_id))
    if found is None:
        raise NotFound("There is no such redirect.")
    return found


def make(old_path: str, url: str, *, by: User | None) -> Redirect:
    """Redirect an old path of this site to a URL; the shell passes no person. Raises `Invalid` and `Conflict`."""
    _check_right(by)
    path, url = _checked(old_path, url)
    if not actions.keep_url(path, url=url):
        raise Conflict(TAKEN)
    audit.record("redirect.made", by=by, subject=path[:200], to=url)
    return db.session.scalars(elsewhere().where(Redirect.path == path)).one()


def validate(said: Mapping[str, str]) -> tuple[Invalid, ...]:
    """Return every mistake in a submitted redirect; omitted fields are not checked."""
    mistakes, path = Mistakes(), None
    with mistakes:
        if "path" in said:
            path = _checked_path(said["path"])
    with mistakes:
        if "url" in said:
            _check_url(said["url"].strip(), path)
    with mistakes:
        if path and db.session.scalar(select(Redirect.id).where(Redirect.path == path)) is not None:
            raise Invalid(TAKEN, field="path")
    return mistakes.found


def _checked(old_path: str, url: str) -> tuple[str, str]:
    mistakes, path, url = Mistakes(), None, url.strip()
    with mistakes:
        path = _checked_path(old_path)
    with mistakes:
        _check_url(url, path)
    mistakes.settle()
    return path or "", url


def _check_url(url: str, path: str | None) -> None:
    if len(url) > ADDRESS_CHARACTERS or not is_address(url):
        raise Invalid(
            "Write a path of this site, like /about, or an address with https:// or http://.", field="url"
        )
    if not url.startswith("http") and normal_path(url) == path:
        raise Invalid("An address cannot lead to itself.", field="url")


def _checked_path(old_path: str) -> str:
    text = old_path.strip()
    path = normal_path(text)
    is_path = text.startswith("/") and not text.startswith("//") and text.isprintable() and is_storable(path)
    if not is_path or path == "/" or len(path) > PATH_CHARACTERS:
        raise Invalid("Write the path of the old address, like /2019/ferry.html.", field="path")
    return path


def remove(redirect: Redirect, *, by: User | None) -> None:
    """Delete a redirect."""
    _check_right(by)
    audit.record("redirect.removed", by=by, subject=redirect.path[:200], to=redirect.target_url or "")
    db.session.delete(redirect)


def _check_right(by: User | None) -> None:
    if by is not None and not by.can(Permission.MANAGE_SETTINGS):
        raise NotAllowed("Your role does not allow you to change redirects.")
