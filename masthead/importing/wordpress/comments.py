"""The comments of WordPress: their threads, states and authors."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, tzinfo
from html import escape, unescape
from typing import Any, Final

from masthead.config.types import address_parts
from masthead.importing.items import CommentState, SourceAuthor, SourceComment
from masthead.importing.wordpress import autop, dates
from masthead.importing.wordpress.head import SiteHead
from masthead.people.models import NAME_CHARACTERS, WEBSITE_CHARACTERS
from masthead.text.excerpts import excerpt
from masthead.text.slugs import slugify

_STATES: Final = {"1": CommentState.APPROVED, "approve": CommentState.APPROVED, "approved": CommentState.APPROVED,
    "0": CommentState.PENDING, "hold": CommentState.PENDING, "pending": CommentState.PENDING, "": CommentState.APPROVED,
}  # fmt: skip
_REMOVED: Final = frozenset({"spam", "trash", "post-trashed"})
#: Comments of readers; "review" is the type of shops.
_WRITTEN: Final = frozenset({"", "comment", "review"})
_LINKS: Final = frozenset({"pingback", "trackback", "webmention"})
ANONYMOUS: Final = "Anonymous"


def reason_to_leave_out(data: dict[str, Any]) -> str:
    """The kind of what is no comment here, as words for the report; '' for a comment."""
    if data["approved"].lower() in _REMOVED:
        return "comments that were spam or in the trash"
    kind = data["type"].lower()
    if kind in _WRITTEN | _LINKS:
        return ""
    # Notes of editors (WordPress 6.9) and the records of plug-ins were never public.
    return f"comments of the type “{kind[:40]}”"


def left_out(comments: Iterator[dict[str, Any]]) -> Counter[str]:
    """The numbers of what is no comment here, by the reason."""
    return Counter(reason for reason in map(reason_to_leave_out, comments) if reason)


def comments(
    found: Iterator[dict[str, Any]], head: SiteHead, zone: tzinfo, at: datetime
) -> Iterator[SourceComment]:
    """The comments of one text."""
    for number, data in enumerate(found):
        if reason_to_leave_out(data):
            continue
        is_link = data["type"].lower() in _LINKS
        yield SourceComment(
            key=data["id"] or f"#{number}",
            parent="" if data["parent"] in {"", "0"} else data["parent"],
            author=_author(data, head),
            body=_link(data) if is_link else autop.autop(data["content"]),
            # A state that WordPress does not know is not public.
            state=_STATES.get(data["approved"].lower(), CommentState.PENDING),
            at=dates.of_comment(data, zone) or at,
        )


def _author(data: dict[str, Any], head: SiteHead) -> SourceAuthor:
    """The author of a comment: an author of the site, or a byline that only comments have."""
    login = head.author_logins.get(data["user_id"], "") if data["user_id"] not in {"", "0"} else ""
    if login:
        known = head.authors[login]
        return SourceAuthor(known.login, known.name)
    name = excerpt(" ".join(unescape(data["author"]).split()), NAME_CHARACTERS) or ANONYMOUS
    website = data["author_url"].strip()
    if len(website) > WEBSITE_CHARACTERS or address_parts(website, "http", "https") is None:
        website = ""
    # The address tells people with one name apart, and is not stored.
    identity = data["author_email"].strip().lower() or f"{name} {website}"
    mark = hashlib.sha256(f"{identity}\0{name}".encode()).hexdigest()
    return SourceAuthor(
        f"commenter {mark[:32]}",
        name,
        website=website,
        username=f"{slugify(name)[:18]}-{mark[:8]}",
        has_page=False,
    )


def _link(data: dict[str, Any]) -> str:
    """A pingback as a link to the page that it came from, with its words."""
    address = data["author_url"].strip()
    name = escape(unescape(data["author"]) or address)
    words = autop.autop(data["content"])
    if address_parts(address, "http", "https") is None:
        return words or f"<p>{name}</p>"
    return f'<p><a href="{escape(address)}">{name}</a></p>{words}'
