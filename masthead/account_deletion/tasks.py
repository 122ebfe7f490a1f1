"""Scheduled deletion of accounts."""

from datetime import timedelta

from masthead import clock
from masthead.account_deletion import actions as deletion_actions
from masthead.db import db
from masthead.jobs import periodic


@periodic("accounts.carry_out_closures", every=timedelta(hours=1), deletes=True)
def delete_due_accounts() -> None:
    """Delete the accounts whose grace period is over, each in a transaction of its own."""
    now = clock.now()
    for user_id in db.session.scalars(deletion_actions.due_accounts(at=now)).all():
        deletion_actions.delete_if_due(user_id, at=now)
        db.session.commit()
