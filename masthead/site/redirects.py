"""Resolves old paths to their present URL, in one hop."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from flask import Flask, request, url_for

from masthead import pagecache
from masthead.db import db
from masthead.pages import queries as pages
from masthead.pages.links import url_of
from masthead.people import queries as accounts
from masthead.people.models import User
from masthead.posts import public_people
from masthead.posts import queries as posts
from masthead.posts.lists import selections
from masthead.redirects import queries
from masthead.redirects.models import Redirect, Target
from masthead.tags.models import Tag
from masthead.web import errors

#: The parameters of plain permalinks of WordPress.
NUMBERS: Final = ("p", "page_id", "attachment_id")


def init_app(app: Flask) -> None:
    """Register the lookup of unknown paths."""
    errors.find_unknown_addresses(app, url_for_path)
    pagecache.look_up_by(app, *NUMBERS)


def url_for_path(path: str) -> str | None:
    """Return the present URL of an old path's target; None if there is none, or readers may not see it."""
    return url_of_numbered(path, request.args) or _url_of(path)


def url_of_numbered(path: str, query: Mapping[str, str]) -> str | None:
    """Return the present URL of a text that the old site knew by a number in the query, such as `/?p=12`."""
    # WordPress answers `/index.php?p=12` and `/?p=12` alike.
    folder = queries.normal_path(quote(path)).rstrip("/")
    for name in NUMBERS:
        if query.get(name, "").isdecimal():
            return _url_of(f"{folder}/?{name}={query[name]}")
    return None


def _url_of(path: str) -> str | None:
    redirect = queries.for_path(path)
    if redirect is None:
        return None
    if redirect.kind == Target.URL:
        return redirect.target_url
    return _address(redirect)


def _address(redirect: Redirect) -> str | None:
    row_id = redirect.target_id or 0
    match redirect.kind:
        case Target.POST:
            slug = posts.slug_of(row_id)
            return url_for("site.post", slug=slug) if slug else None
        case Target.PAGE:
            slug = pages.slug_of(row_id)
            return url_of(slug) if slug else None
        case Target.TAG:
            tag = db.session.get(Tag, row_id)
            is_public = tag is not None and selections.about(tag).count() > 0
            return url_for("posts.tag", slug=tag.slug) if tag and is_public else None
        case _:
            user = db.session.scalar(accounts.users().where(User.id == row_id))
            is_known = user is not None and public_people.is_known(
                user, None, published=selections.by(user).count()
            )
            return url_for("posts.author", username=user.username) if user and is_known else None
