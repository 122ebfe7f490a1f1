"""Finding the redirect for an old path."""

import re
from urllib.parse import quote, unquote, urlsplit

from sqlalchemy import select

from masthead.db import db
from masthead.redirects.models import Redirect

INDEX_PAGE = re.compile(r"/index\.(?:html?|php)$")


def normal_path(address: str) -> str:
    """The path of an old address in the one form that is stored: decoded, one slash in front, none at the end."""
    path = unquote(
        urlsplit(address).path if "://" in address else address.partition("?")[0].partition("#")[0]
    )
    path = INDEX_PAGE.sub("/", "/" + path.lstrip("/"))
    return path.rstrip("/") or "/"


def for_path(path: str) -> Redirect | None:
    """The redirect of the path of a request, which is decoded already: a `#` in it is one of its letters."""
    return db.session.scalar(select(Redirect).where(Redirect.path == normal_path(quote(path))))
