"""Invitations: creating, listing and withdrawing them, for the pages and the API. Nothing here commits."""

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
from masthead.people.reauthentication import requires_recent_authentication
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
    """Return True if the publication takes new accounts, at least by invitation."""
    return bool(current_app.config["REGISTRATION"] != "closed")


def check_open() -> None:
    """Raise `NotAllowed` if the settings forbid new accounts."""
    if not are_open():
        raise NotAllowed("This publication takes no new accounts. The setting REGISTRATION decides that.")


def invite(email: str, role: Role, *, by: User) -> str:
    """Invite somebody and return the link. An email carries another link if mail is on."""
    is_sent = delivery.is_on() and _is_mail_allowed(email)
    token = _vouched_for(prepare(email, role, by=by), by)
    db.session.flush()
    if is_sent:
        # The email issues a secret of its own, which would invalidate the link on the page.
        copy = _vouched_for(one_time_links.create(Purpose.INVITE, email=token.email, role=role), by)
        db.session.flush()
        jobs.enqueue(tasks.send_link, copy.id)
    return url_of(Purpose.INVITE, one_time_links.issue_secret(token))


def _is_mail_allowed(email: str) -> bool:
    # The counter may be on another machine, and no transaction should wait for that.
    end_unwritten_transaction()
    return throttling.is_free("letters", Purpose.INVITE, queries.email_key(email))


def _vouched_for(token: AccountToken, by: User) -> AccountToken:
    token.inviter_id, token.inviter = by.id, by.username
    return token


def is_void(token: AccountToken, role: Role | None, inviter: User | None) -> bool:
    """Return True if the inviter may no longer grant the role. Invitations of the CLI stay valid."""
    if not token.inviter:
        return False
    return inviter is None or role is None or not can_grant(inviter, role)


def check_inviter(token: AccountToken) -> None:
    """Raise `NotAllowed` for a void invitation. Reads in a snapshot, without a lock."""
    with snapshot() as session:
        _check_inviter(token, session)


def check_inviter_and_lock(token: AccountToken) -> None:
    """Raise `NotAllowed` for a void invitation, and lock the inviter's permissions until the transaction ends."""
    # Roles are locked before people, as in `role_actions.delete`, which prevents deadlocks.
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
    """Return the ids of the void invitations, whose inviters may no longer grant the role."""
    wanted = {token.inviter_id for token in invitations if token.inviter_id is not None}
    inviters = {user.id: user for user in db.session.scalars(queries.users().where(User.id.in_(wanted)))}
    return frozenset(
        token.id
        for token in invitations
        if is_void(token, roles.get(token.role_id or 0), inviters.get(token.inviter_id or 0))
    )


def open_invitations() -> Select[AccountToken]:
    """Select the open invitations, the one that expires first before the others.

    An invitation with an email has two links, one in the email and one on the page; the newest stands for both.
    """
    able = (AccountToken.purpose == Purpose.INVITE, AccountToken.expires_at > clock.now())
    newest = select(func.max(AccountToken.id)).where(*able).group_by(AccountToken.email)
    return (
        select(AccountToken)
        .where(AccountToken.id.in_(newest))
        .order_by(AccountToken.expires_at, AccountToken.id)
    )


def version_of(token: AccountToken) -> str:
    """Return a version of the invitation, since a database can reuse its id for a later one."""
    return hash_secret(f"{token.email} {token.created_at.isoformat()}")[:16]


def get(invitation_id: int, mark: str | None = None) -> tuple[AccountToken, Role]:
    """Return an open invitation and its role; raises `NotFound`."""
    token = db.session.scalar(open_invitations().where(AccountToken.id == invitation_id))
    if token is None or token.role_id is None or mark not in {None, version_of(token)}:
        raise NotFound(OVER)
    # Callers read it after its row is deleted, and the next invitation may have the same id.
    db.session.expunge(token)
    return token, queries.role_with_id(token.role_id)


def withdraw(invitation_id: int, mark: str | None = None, *, by: User) -> str:
    """Revoke all links of an invitation; return the invited address. Raises `NotFound`."""
    token, role = get(invitation_id, mark)
    if not can_grant(by, role):
        raise NotAllowed("Your role does not allow you to withdraw an invitation to that role.")
    if not one_time_links.revoke_invitations(token.email):
        raise NotFound(OVER)
    audit.record("account.invitation_withdrawn", by=by, subject=token.email, role=role.name)
    return token.email


@requires_recent_authentication("Invite somebody, or make another link of an invitation")
def prepare(email: str, role: Role, *, by: User | None) -> AccountToken:
    """Create an invitation, which replaces an earlier one; raises `EmailTaken`."""
    if by is not None and not can_grant(by, role):
        raise NotAllowed("Your role does not allow you to invite somebody with that role.")
    checked = normalize_email(email)
    occupied = queries.by_email(checked)
    if occupied is not None and not occupied.is_unconfirmed:
        raise EmailTaken(checked)
    one_time_links.revoke_invitations(checked)
    audit.record("account.invited", by=by, subject=checked, role=role.name)
    return one_time_links.create(Purpose.INVITE, email=checked, role=role)
