"""The draft of a new post, which its first autosave creates."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from masthead.content.rendering import UNTITLED, render_text
from masthead.db import db
from masthead.errors import Conflict
from masthead.people.models import User
from masthead.posts import actions
from masthead.posts.working_copy import autosaves, texts
from masthead.posts.working_copy.autosaves import Autosave, KeptBeside, Saved
from masthead.posts.working_copy.models import WorkingCopyChange
from masthead.text.plain import is_visible


def begin(
    fields: Mapping[str, Any], *, client: str, sequence: int, by: User, at: datetime
) -> tuple[int, Saved]:
    """Create an empty draft whose working copy is the text; the same client gets the same draft again."""
    autosaves.check_lengths(fields)
    post_id = _begun(by, client)
    if post_id is None:
        title = texts.storable(fields.get("title", ""))
        post = actions.create(
            render_text(title=title if is_visible(title) else UNTITLED, body=""), by=by, at=at
        )
        post_id = post.id
    received = Autosave({"title": "", **fields}, 1, client, sequence)
    result = autosaves.autosave(post_id, received, by=by, at=at)
    if isinstance(result, KeptBeside):
        raise Conflict("Somebody else changed this draft. Open it in the editor.")
    return post_id, result


def _begun(by: User, client: str) -> int | None:
    """Return the post whose first entry this client wrote."""
    if not client:
        return None
    statement = select(WorkingCopyChange.post_id).where(
        WorkingCopyChange.user_id == by.id, WorkingCopyChange.client == client
    )
    return db.session.scalar(statement.order_by(WorkingCopyChange.id).limit(1))
