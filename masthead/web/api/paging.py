"""Paging of lists: page numbers, and cursors whose cost does not grow with depth (keyset pagination)."""

import base64
import binascii
import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from flask import current_app, request
from pydantic import BaseModel
from sqlalchemy import Select

from masthead.db import GREATEST_ID, ResultPage, paginate
from masthead.errors import Invalid
from masthead.web.api.operations import Answer
from masthead.web.api.schemas import ListAnswer, PageQuery

T = TypeVar("T")

CURSOR_CHARACTERS = 200
NO_CURSOR = "This cursor is not one of ours. Begin again without it."


def address(path: str) -> str:
    """Return the absolute URL of a path of this site."""
    return f"{current_app.config['SITE_URL']}{path}"


def located(answer: Answer, path: str) -> Answer:
    """Add the URL of the created object to the response, in ``Location``."""
    return dataclasses.replace(answer, headers={"Location": address(path)})


def links(**relations: dict[str, object] | None) -> dict[str, str]:
    """Build the ``Link`` header (RFC 8288) to other parts of the list."""
    present = {name: value for name, value in request.args.items() if name not in {"page", "cursor"}}
    parts = [
        f'<{address(quote(request.path))}?{urlencode(present | {name: str(of) for name, of in where.items()})}>; rel="{relation}"'
        for relation, where in relations.items()
        if where is not None
    ]
    return {"Link": ", ".join(parts)} if parts else {}


def cursor_of(moment: datetime, row_id: int) -> str:
    """Encode the position after this row as a cursor."""
    content = json.dumps([moment.astimezone(UTC).isoformat(), row_id]).encode()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def position(cursor: str) -> tuple[datetime, int]:
    """Decode a cursor; raises `Invalid` for one that this site did not issue."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        moment, row_id = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        # Datetimes at the ends of the calendar cannot be converted to UTC.
        at = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, TypeError, binascii.Error, RecursionError, OverflowError):
        raise Invalid(NO_CURSOR, field="cursor") from None
    if not moment.endswith("+00:00") or type(row_id) is not int or not 0 < row_id <= GREATEST_ID:
        raise Invalid(NO_CURSOR, field="cursor")
    return at, row_id


def numbered(page: Any, per_page: int) -> dict[str, Any]:
    """Return the members that page numbers add to a list."""
    return {"total": page.total, "page": page.number, "per_page": per_page, "pages": page.pages}


def listed(shape: type[ListAnswer], page: ResultPage[Any], **items: Any) -> Answer:
    """Build the response of a numbered list; ``items`` holds its rows under the collection's name."""
    return Answer(shape(**items, **numbered(page, page.per_page)), headers=page_links(page))


def list_answer(
    shape: type[ListAnswer], statement: Select[T], query: PageQuery, item: Callable[[T], BaseModel]
) -> Answer:
    """Build the response of a numbered list from the rows of a statement."""
    page = paginate(statement, page=query.page, per_page=query.per_page)
    # A list has one member beside those of every list: its rows.
    (name,) = shape.model_fields.keys() - ListAnswer.model_fields.keys()
    return listed(shape, page, **{name: [item(row) for row in page.items]})


def page_links(page: Any) -> dict[str, str]:
    """Build the ``Link`` header of a numbered page."""
    return links(
        prev={"page": page.number - 1} if page.has_prev else None,
        next={"page": page.number + 1} if page.has_next else None,
    )
