"""Leases of editors: who has a post open. A lease lasts a little longer than the pause between two heartbeats of an editor."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from masthead.db import db, insert_into
from masthead.people.models import User
from masthead.posts.working_copy.models import EditingLease

LASTS: Final = timedelta(seconds=75)


def renew(post_id: int, *, by: User, client: str, at: datetime) -> None:
    """Begin or renew a lease."""
    if not client:
        return
    key = {"post_id": post_id, "user_id": by.id, "client": client}
    statement = insert_into(EditingLease, db.session.get_bind().dialect).values(**key, seen_at=at)
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_={"seen_at": at}))


def end(post_id: int, *, by: User, client: str) -> None:
    """End a lease, when an editor is closed."""
    db.session.execute(
        delete(EditingLease).where(
            EditingLease.post_id == post_id, EditingLease.user_id == by.id, EditingLease.client == client
        )
    )


def forget_old(*, before: datetime) -> None:
    """Delete the leases of editors that were closed without saying so."""
    db.session.execute(
        delete(EditingLease).where(EditingLease.seen_at < before),
        execution_options={"synchronize_session": False},
    )


def others(post_id: int, *, than: User, at: datetime) -> list[EditingLease]:
    """Return the newest lease of each other person who has the post open."""
    statement = (
        select(EditingLease)
        .where(
            EditingLease.post_id == post_id,
            EditingLease.user_id != than.id,
            EditingLease.seen_at > at - LASTS,
        )
        .options(joinedload(EditingLease.user, innerjoin=True))
        .order_by(EditingLease.seen_at)
    )
    return list({lease.user_id: lease for lease in db.session.scalars(statement)}.values())
