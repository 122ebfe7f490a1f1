"""Finds the redirect of an old path."""

import re
from urllib.parse import quote, unquote, urlsplit

from sqlalchemy import select

from masthead.db import db
from masthead.redirects.models import Redirect

INDEX_PAGE = re.compile(r"/index\.(?:html?|php)$")


#: The query of a plain permalink of WordPress, which alone tells one text from another.
NUMBERED = re.compile(r"(?:^|&)(p|page_id|attachment_id)=(\d{1,20})(?=&|$)")


def normal_path(address: str) -> str:
    """Return the path of an old URL in its stored form: decoded, one leading slash, no trailing one.

    A query belongs to it only if it numbers the text, as in `/?p=12`.
    """
    path, _, query = address.partition("#")[0].partition("?")
    path = unquote(urlsplit(path).path if "://" in path else path)
    path = INDEX_PAGE.sub("/", "/" + path.lstrip("/"))
    path = path.rstrip("/") or "/"
    number = NUMBERED.search(query)
    return f"{path.rstrip('/')}/?{number[1]}={number[2]}" if number else path


def for_path(path: str) -> Redirect | None:
    """Return the redirect of a request's path, which is decoded: a `#` in it is an ordinary character."""
    return db.session.scalar(select(Redirect).where(Redirect.path == normal_path(quote(path))))
