"""Inviting somebody, and what becomes of invitations: one way for the pages and for programs. Nothing here commits."""

from collections.abc import Mapping, Sequence

from flask import current_app
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from masthead import audit, clock, jobs
from masthead.db import db, end_unwritten_transaction, snapshot
from masthead.errors import NotAllowed, NotFound
from masthead.login import one_time_links, tasks
from masthead.login.models import AccountToken
from masthead.login.one_time_links import Purpose, url_of
from masthead.mail import delivery
from masthead.people import queries
from masthead.people.authorization import can_grant
from masthead.people.errors import EmailTaken
from masthead.people.models import Role, User
from masthead.people.recent_authentication import requires_recent_authentication
from masthead.people.secret_hashes import hash_secret
from masthead.people.validation import normalize_email
from masthead.web.limits import throttling

OVER = (
    "This invitation is no longer open: it was accepted, withdrawn or replaced, or it has expired. "
    "Look at the open invitations, or invite the person again."
)
VOID = (
    "This invitation is no longer valid, because its sender can no longer give this role. "
    "Ask the editors of the publication for another one."
)


def are_open() -> bool:
    """Whether the publication takes new accounts, by invitation at least."""
    return bool(current_app.config["REGISTRATION"] != "closed")


def check_open() -> None:
    """Raise `NotAllowed` where nobody can be invited."""
    if not are_open():
        raise NotAllowed("This publication takes no new accounts. The setting REGISTRATION decides that.")


def invite(email: str, role: Role, *, by: User) -> str:
    """The link of an invitation, which a letter carries as well where mail is on."""
    is_sent = delivery.is_on() and _is_letter_free(email)
    token = _vouched_for(prepare(email, role, by=by), by)
    db.session.flush()
    if is_sent:
        # The letter makes a secret of its own, which would void the one that is shown.
        copy = _vouched_for(one_time_links.create(Purpose.INVITE, email=token.email, role=role), by)
        db.session.flush()
        jobs.enqueue(tasks.send_link, copy.id)
    return url_of(Purpose.INVITE, one_time_links.issue_secret(token))


def _is_letter_free(email: str) -> bool:
    # The counter may be on another machine, and nobody's change shall wait for that.
    end_unwritten_transaction()
    return throttling.is_free("letters", Purpose.INVITE, queries.email_key(email))


def _vouched_for(token: AccountToken, by: User) -> AccountToken:
    token.inviter_id, token.inviter = by.id, by.username
    return token


def is_void(token: AccountToken, role: Role | None, inviter: User | None) -> bool:
    """Whether whoever made the invitation could not make it any more; the shell always can."""
    if not token.inviter:
        return False
    return inviter is None or role is None or not can_grant(inviter, role)


def check_inviter(token: AccountToken) -> None:
    """Raise `NotAllowed` for a void invitation, read before any lock is taken."""
    with snapshot() as session:
        _check_inviter(token, session)


def check_inviter_and_lock(token: AccountToken) -> None:
    """The same, and until the transaction ends nobody takes the inviter a right away."""
    # Roles before people, as whoever deletes a role does it: in the same order nobody waits for ever.
    db.session.execute(select(Role.id).order_by(Role.id).with_for_update(read=True))
    db.session.execute(select(User.id).where(User.id == token.inviter_id).with_for_update(read=True))
    _check_inviter(token, db.session())


def _check_inviter(token: AccountToken, session: Session) -> None:
    fresh = {"populate_existing": True}
    role = session.scalar(select(Role).where(Role.id == token.role_id), execution_options=fresh)
    inviter = session.scalar(queries.users().where(User.id == token.inviter_id), execution_options=fresh)
    if is_void(token, role, inviter):
        raise NotAllowed(VOID)


def void_among(invitations: Sequence[AccountToken], roles: Mapping[int, Role]) -> frozenset[int]:
    """The ids of those that nobody can accept, since their inviters could not make them any more."""
    wanted = {token.inviter_id for token in invitations if token.inviter_id is not None}
    inviters = {user.id: user for user in db.session.scalars(queries.users().where(User.id.in_(wanted)))}
    return frozenset(
        token.id
        for token in invitations
        if is_void(token, roles.get(token.role_id or 0), inviters.get(token.inviter_id or 0))
    )


def open_invitations() -> Select[AccountToken]:
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


def version_of(token: AccountToken) -> str:
    """What tells an invitation from a later one with the same number, which a database gives out again."""
    return hash_secret(f"{token.email} {token.created_at.isoformat()}")[:16]


def get(invitation_id: int, mark: str | None = None) -> tuple[AccountToken, Role]:
    """An invitation that can still be accepted, and the role that it gives; raises `NotFound`."""
    token = db.session.scalar(open_invitations().where(AccountToken.id == invitation_id))
    if token is None or token.role_id is None or mark not in {None, version_of(token)}:
        raise NotFound(OVER)
    # Whoever goes on reads it when its row is gone, and the next invitation may have its number.
    db.session.expunge(token)
    return token, queries.role_with_id(token.role_id)


def withdraw(invitation_id: int, mark: str | None = None, *, by: User) -> str:
    """Make every link of an invitation useless; the address that was invited. Raises `NotFound`."""
    token, role = get(invitation_id, mark)
    if not can_grant(by, role):
        raise NotAllowed("Your role does not allow you to withdraw an invitation to that role.")
    if not one_time_links.revoke_invitations(token.email):
        raise NotFound(OVER)
    audit.record("account.invitation_withdrawn", by=by, subject=token.email, role=role.name)
    return token.email


@requires_recent_authentication("Invite somebody, or make another link of an invitation")
def prepare(email: str, role: Role, *, by: User | None) -> AccountToken:
    """Prepare an invitation, which replaces an earlier one; raises `EmailTaken`."""
    if by is not None and not can_grant(by, role):
        raise NotAllowed("Your role does not allow you to invite somebody with that role.")
    checked = normalize_email(email)
    occupied = queries.by_email(checked)
    if occupied is not None and not occupied.is_unconfirmed:
        raise EmailTaken(checked)
    one_time_links.revoke_invitations(checked)
    audit.record("account.invited", by=by, subject=checked, role=role.name)
    return one_time_links.create(Purpose.INVITE, email=checked, role=role)
