"""Finds the redirect of an old path."""

import re
from urllib.parse import quote, unquote, urlsplit

from sqlalchemy import select

from masthead.db import db
from masthead.redirects.models import Redirect

INDEX_PAGE = re.compile(r"/index\.(?:html?|php)$")


def normal_path(address: str) -> str:
    """Return the path of an old URL in its stored form: decoded, one leading slash, no trailing one."""
    path = unquote(
        urlsplit(address).path if "://" in address else address.partition("?")[0].partition("#")[0]
    )
    path = INDEX_PAGE.sub("/", "/" + path.lstrip("/"))
    return path.rstrip("/") or "/"


def for_path(path: str) -> Redirect | None:
    """Return the redirect of a request's path, which is decoded: a `#` in it is an ordinary character."""
    return db.session.scalar(select(Redirect).where(Redirect.path == normal_path(quote(path))))
