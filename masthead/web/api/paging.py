"""Lists: numbered pages, and cursors that cost the same however deep they lead (keyset pagination)."""

import base64
import binascii
import dataclasses
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from flask import current_app, request

from masthead.db import GREATEST_ID, ResultPage
from masthead.errors import Invalid
from masthead.web.api.operations import Answer
from masthead.web.api.schemas import ListAnswer

CURSOR_CHARACTERS = 200
NO_CURSOR = "This cursor is not one of ours. Begin again without it."


def address(path: str) -> str:
    """The absolute address of a path of this site."""
    return f"{current_app.config['SITE_URL']}{path}"


def located(answer: Answer, path: str) -> Answer:
    """The answer about what was made, with its address in ``Location``."""
    return dataclasses.replace(answer, headers={"Location": address(path)})


def links(**relations: dict[str, object] | None) -> dict[str, str]:
    """The ``Link`` header (RFC 8288) that leads to other parts of the list."""
    present = {name: value for name, value in request.args.items() if name not in {"page", "cursor"}}
    parts = [
        f'<{address(quote(request.path))}?{urlencode(present | {name: str(of) for name, of in where.items()})}>; rel="{relation}"'
        for relation, where in relations.items()
        if where is not None
    ]
    return {"Link": ", ".join(parts)} if parts else {}


def cursor_of(moment: datetime, row_id: int) -> str:
    """Where a list goes on behind this row."""
    content = json.dumps([moment.astimezone(UTC).isoformat(), row_id]).encode()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def position(cursor: str) -> tuple[datetime, int]:
    """What a cursor says; raises `Invalid` for one that we did not write."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        moment, row_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        # The years at the ends of the calendar have no UTC for every offset.
        at = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, TypeError, binascii.Error, RecursionError, OverflowError):
        raise Invalid(NO_CURSOR, field="cursor") from None
    if not moment.endswith("+00:00") or type(row_id) is not int or not 0 < row_id <= GREATEST_ID:
        raise Invalid(NO_CURSOR, field="cursor")
    return at, row_id


def numbered(page: Any, per_page: int) -> dict[str, Any]:
    """The members that a numbered page adds to its items."""
    return {"total": page.total, "page": page.number, "per_page": per_page, "pages": page.pages}


def listed(shape: type[ListAnswer], page: ResultPage[Any], **items: Any) -> Answer:
    """The answer of a numbered list; ``items`` has its collection by name."""
    return Answer(shape(**items, **numbered(page, page.per_page)), headers=page_links(page))


def page_links(page: Any) -> dict[str, str]:
    """The ``Link`` header of a numbered page."""
    return links(
        prev={"page": page.number - 1} if page.has_prev else None,
        next={"page": page.number + 1} if page.has_next else None,
    )
