"""Deletion of accounts: requested by the owner with 14 days of grace, or at once by an administrator. Nothing here commits."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select, update

from masthead import audit
from masthead.account_deletion.content_policy import ContentPolicy
from masthead.account_deletion.signals import ContentTransfer, transfer_content
from masthead.api_tokens import personal_tokens
from masthead.db import db
from masthead.errors import Conflict, Invalid, NotAllowed
from masthead.login import one_time_links, sessions
from masthead.login.models import AccountToken
from masthead.login.one_time_links import Purpose
from masthead.mfa.models import Authenticator, Passkey, RecoveryCode
from masthead.people import actions, bylines, queries
from masthead.people.authorization import can_change_account
from masthead.people.models import AccountClosure, User
from masthead.people.names.display_names import FORMER_MEMBER
from masthead.people.permissions import READER, Permission
from masthead.people.reauthentication import requires_recent_authentication

GRACE_PERIOD = timedelta(days=14)
NO_RECIPIENT = "Choose who gets your posts: an editor or an administrator."


def possible_recipients(user: User) -> list[User]:
    """Return the users who can take over somebody's posts: active editors and administrators."""
    able = [role.id for role in db.session.scalars(queries.roles()) if Permission.EDIT_POSTS in role.granted]
    people = queries.accounts().where(User.role_id.in_(able), User.is_active, User.id != user.id)
    return list(db.session.scalars(people))


def request_deletion(
    user: User, *, posts: ContentPolicy, comments: ContentPolicy, heir: str, at: datetime
) -> AccountToken:
    """Request the deletion, disable the account, and return the link that undoes it, still without a secret.

    Raises `Invalid` without a recipient for the posts, and `LastAdministrator`.
    """
    heir_id = _heir(user, heir).id if posts is ContentPolicy.REASSIGN else None
    if user.is_administrator:
        actions.keep_an_administrator(user)
    user.is_active = False
    sessions.end_all(user)
    one_time_links.revoke(user)
    personal_tokens.revoke_all(user)
    db.session.add(
        AccountClosure(
            user_id=user.id,
            asked_at=at,
            due_at=at + GRACE_PERIOD,
            posts=posts,
            comments=comments,
            heir_id=heir_id,
        )
    )
    audit.record("account.closing", by=user, subject=user.username, posts=posts, comments=comments)
    return one_time_links.create(Purpose.UNDO, user=user, email=user.email or "")


def _heir(user: User, username: str) -> User:
    for person in possible_recipients(user):
        if person.username == username:
            return person
    raise Invalid(NO_RECIPIENT, field="heir")


def due_accounts(*, at: datetime) -> Select[int]:
    """Select the ids of accounts whose grace period is over."""
    return select(AccountClosure.user_id).where(AccountClosure.due_at <= at).order_by(AccountClosure.due_at)


def delete_if_due(user_id: int, *, at: datetime) -> None:
    """Delete the account, unless the deletion was cancelled. Kept texts stay under a byline."""
    wish = db.session.execute(
        delete(AccountClosure)
        .where(AccountClosure.user_id == user_id, AccountClosure.due_at <= at)
        .returning(AccountClosure.posts, AccountClosure.comments, AccountClosure.heir_id)
    ).first()
    if wish is None:
        return
    heir = _present_heir(wish.heir_id) if wish.posts == ContentPolicy.REASSIGN else None
    delete_account(
        queries.get(user_id),
        posts=ContentPolicy(wish.posts),
        comments=ContentPolicy(wish.comments),
        heir=heir,
        by=None,
        at=at,
    )


@requires_recent_authentication("Delete somebody's account")
def delete_now(
    user: User, *, posts: ContentPolicy, comments: ContentPolicy, heir: str, by: User, at: datetime
) -> None:
    """Delete somebody's account at once, as an administrator. Kept texts stay under a byline.

    Raises `NotAllowed` for an account of an equal or higher role, `Conflict` for one's own and for bylines, and `Invalid`
    without a recipient for the posts.
    """
    check_can_delete(user, by=by)
    taker = _heir(user, heir) if posts is ContentPolicy.REASSIGN else None
    sessions.end_all(user)
    personal_tokens.revoke_all(user)
    db.session.execute(delete(AccountClosure).where(AccountClosure.user_id == user.id))
    delete_account(user, posts=posts, comments=comments, heir=taker, by=by, at=at)


def check_can_delete(user: User, *, by: User) -> None:
    """Raise `NotAllowed` or `Conflict` unless ``by`` may delete the account."""
    if user.id == by.id:
        raise Conflict("Delete your own account on the page “Your data”, where you can undo it for 14 days.")
    if not can_change_account(by, user):
        raise NotAllowed("Nobody deletes an account of an equal or higher role.")
    if user.is_byline:
        raise Conflict("This is a byline without an account. There is nothing to delete.")


def delete_account(
    user: User,
    *,
    posts: ContentPolicy,
    comments: ContentPolicy,
    heir: User | None,
    by: User | None,
    at: datetime,
) -> None:
    """Delete the account, and transfer its content."""
    keeps_posts, keeps_comments = posts is ContentPolicy.KEEP, comments is ContentPolicy.KEEP
    former = None if keeps_posts and keeps_comments else _former_member(at=at)
    transfer_content.send(
        ContentTransfer(
            user=user,
            posts_to=None if keeps_posts else heir or former,
            comments_to=None if keeps_comments else former,
            former_member=former,
            at=at,
        )
    )
    one_time_links.revoke_invitations(user.email or "")
    audit.record("account.deleted", by=by, subject=user.username, posts=posts.value, comments=comments.value)
    if keeps_posts or keeps_comments:
        _become_byline(user, keeps_biography=keeps_posts)
    else:
        db.session.execute(delete(User).where(User.id == user.id))


def _present_heir(user_id: int | None) -> User | None:
    """Return the recipient if they may still edit posts; otherwise the posts are anonymised."""
    person = db.session.scalar(queries.users().where(User.id == user_id)) if user_id is not None else None
    return person if person is not None and person.can(Permission.EDIT_POSTS) else None


def _former_member(*, at: datetime) -> User:
    """Return the shared byline of former members, and create it if needed."""
    statement = queries.users().where(User.is_byline, User.name == FORMER_MEMBER).order_by(User.id).limit(1)
    found = db.session.scalar(statement)
    return found or bylines.create(name=FORMER_MEMBER, username="former-member", at=at)


def _become_byline(user: User, *, keeps_biography: bool) -> None:
    values: dict[str, Any] = {
        "is_byline": True,
        "is_active": True,
        "email": None,
        "email_key": None,
        "password_hash": None,
        "confirmed_at": None,
        "role_id": queries.role(READER).id,
    }
    if not keeps_biography:
        values |= {"bio": "", "website": "", "avatar": None}
    db.session.execute(update(User).where(User.id == user.id).values(**values))
    sessions.end_all(user)
    one_time_links.revoke(user)
    for model in (Authenticator, Passkey, RecoveryCode):
        db.session.execute(delete(model).where(model.user_id == user.id))
