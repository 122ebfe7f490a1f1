"""Inviting somebody, and what becomes of invitations: one way for the pages and for programs. Nothing here commits."""

from collections.abc import Sequence
from datetime import timedelta

from flask import current_app
from sqlalchemy import Select, func, select

from masthead import audit, clock, jobs
from masthead.accounts import actions, queries, tasks, tokens
from masthead.accounts.links import link_of
from masthead.accounts.models import AccountToken, Role, User
from masthead.accounts.permissions import can_grant
from masthead.accounts.sessions import hash_of
from masthead.accounts.tokens import Purpose
from masthead.audit import queries as log
from masthead.db import db
from masthead.errors import NotAllowed, NotFound
from masthead.mail import delivery
from masthead.web import limits

OVER = (
    "This invitation is not open any more: it was accepted, withdrawn or replaced, or its time is over. Look at the list "
    "of those that are, or invite the person again."
)


def check_open() -> None:
    """Raise `NotAllowed` where nobody can be invited."""
    if current_app.config["REGISTRATION"] == "closed":
        raise NotAllowed("This publication takes no new accounts. The setting REGISTRATION decides that.")


def invite(email: str, role: Role, *, by: User) -> str:
    """The link of an invitation, which a letter carries as well where mail is on."""
    token = actions.invite(email, role, by=by)
    db.session.flush()
    if delivery.is_on() and limits.is_free("letters", queries.email_key(token.email)):
        # The letter makes a secret of its own, which would void the one that is shown.
        copy = tokens.prepare(Purpose.INVITE, email=token.email, role=role)
        db.session.flush()
        jobs.enqueue(tasks.send_link, copy.id)
    return link_of(Purpose.INVITE, tokens.arm(token))


def waiting() -> Select[AccountToken]:
    """The invitations that can still be accepted, the one that ends first before the others.

    Where a letter went out there are two links, one in the letter and one that was shown; they are one invitation.
    """
    able = (AccountToken.purpose == Purpose.INVITE, AccountToken.expires_at > clock.now())
    newest = select(func.max(AccountToken.id)).where(*able).group_by(AccountToken.email)
    return (
        select(AccountToken)
        .where(AccountToken.id.in_(newest))
        .order_by(AccountToken.expires_at, AccountToken.id)
    )


def mark_of(token: AccountToken) -> str:
    """What tells an invitation from a later one with the same number, which a database gives out again."""
    return hash_of(f"{token.email} {token.created_at.isoformat()}")[:16]


def get(invitation_id: int, mark: str | None = None) -> tuple[AccountToken, Role]:
    """An invitation that can still be accepted, and the role that it gives; raises `NotFound`."""
    token = db.session.scalar(waiting().where(AccountToken.id == invitation_id))
    if token is None or token.role_id is None or mark not in {None, mark_of(token)}:
        raise NotFound(OVER)
    # Whoever goes on reads it when its row is gone, and the next invitation may have its number.
    db.session.expunge(token)
    return token, queries.role_with_id(token.role_id)


def withdraw(invitation_id: int, mark: str | None = None, *, by: User) -> str:
    """Make every link of an invitation useless; the address that was invited. Raises `NotFound`."""
    token, role = get(invitation_id, mark)
    if not can_grant(by, role):
        raise NotAllowed("Your role does not allow you to withdraw an invitation to that role.")
    if not tokens.void_invitations(token.email):
        raise NotFound(OVER)
    audit.record("account.invitation_withdrawn", by=by, subject=token.email, role=role.name)
    return token.email


def invited_by(invitations: Sequence[AccountToken]) -> dict[str, str]:
    """Who made each invitation, by its address; one that nobody in the log made is missing."""
    # Open ones are not older. The log is written a moment before the link, and another process may have another clock.
    since = clock.now() - tokens.LIFETIMES[Purpose.INVITE] - timedelta(days=1)
    subjects = [token.email for token in invitations]
    return {
        event.subject: event.actor_name
        for event in db.session.scalars(log.deeds("account.invited", subjects, since=since))
    }
