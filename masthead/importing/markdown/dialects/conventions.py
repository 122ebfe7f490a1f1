"""Conventions that several site generators share."""

import re
from collections.abc import Iterator
from typing import Final

from masthead.importing.markdown.dialect import PathInfo

#: Folders whose texts are posts.
POST_FOLDERS: Final = frozenset(
    {
        "post",
        "posts",
        "blog",
        "blogs",
        "article",
        "articles",
        "news",
        "notes",
        "stories",
        "writing",
        "journal",
        "entries",
    }
)


def dated_addresses(info: PathInfo) -> Iterator[str]:
    """Addresses with the date of the file's name, once with two digits for month and day and once as written."""
    if not info.date:
        return
    year, month, day = info.date.split("-")
    for parts in ((year, month.zfill(2), day.zfill(2)), (year, month, day)):
        yield "/" + "/".join((*parts, info.stem)) + "/"


def has_text(body: str) -> bool:
    """Check if a body has words besides template tags and HTML."""
    return bool(
        re.search(
            r"\w", re.sub(r"\{%.{0,2000}?%\}|\{\{.{0,2000}?\}\}|<[^<>]{0,2000}>", "", body, flags=re.DOTALL)
        )
    )
