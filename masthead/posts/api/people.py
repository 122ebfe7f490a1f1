"""The API of people and accounts. It belongs to posts, because published posts decide which people are public."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, url_for

from masthead import clock
from masthead.account_deletion import actions as deletion_actions
from masthead.account_deletion.content_policy import ContentPolicy
from masthead.db import paginate, paginated
from masthead.errors import Invalid, NotAllowed, NotFound
from masthead.login import passwords
from masthead.login.validation import has_account, validate
from masthead.people import actions, reauthentication
from masthead.people import queries as accounts
from masthead.people.access import current_user, requires, visitor
from masthead.people.authorization import can_change_account
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.people.schemas import Account
from masthead.posts import public_people, queries, summaries
from masthead.posts.api.list_schemas import Posts
from masthead.posts.api.people_schemas import (
    AccountChange,
    AccountDeletion,
    AccountInput,
    Member,
    People,
    PeopleQuery,
    Person,
    Writer,
)
from masthead.posts.api.schemas import PostItem
from masthead.posts.lists import selections
from masthead.unset import UNSET
from masthead.user_admin import actions as user_admin_actions
from masthead.web.access import public
from masthead.web.api.operations import Answer, check_match, commit_and_answer, operation, tag_of
from masthead.web.api.paging import listed, located
from masthead.web.api.schemas import PageQuery

bp = Blueprint("users_api", __name__)


def _administers() -> bool:
    reader = visitor()
    return reader is not None and reader.can(Permission.MANAGE_USERS)


@bp.get("")
@public
@operation("List people", tag="users", query=PeopleQuery, answer=People, problems=(404,), is_conditional=True)
def index(query: PeopleQuery) -> Answer:
    """People who write here or are credited; every account for people who administer accounts."""
    is_whole, wanted = _administers(), query.q or ""
    found = accounts.accounts_like(wanted) if is_whole and wanted else accounts.accounts()
    page = paginate(
        found if is_whole else public_people.known(wanted), page=query.page, per_page=query.per_page
    )
    counts = public_people.post_counts(page.items)
    shape = Member if is_whole else Writer
    return listed(People, page, users=[shape.counted(user, counts.get(user.id, 0)) for user in page.items])


@bp.get("/<int:user_id>")
@public
@operation("Read a profile", tag="users", answer=Person, problems=(404,), is_conditional=True)
def show(user_id: int) -> Answer:
    """A public profile; the whole account for people who administer accounts, and for its owner."""
    reader = visitor()
    if _administers() or (reader is not None and reader.id == user_id):
        return _whole(user_id)
    user, count = _known(user_id)
    shown = Writer.counted(user, count)
    # Counters do not change the state.
    return Answer(shown, etag=tag_of(shown.model_copy(update={"post_count": 0})))


def _whole(user_id: int) -> Answer:
    user = accounts.get(user_id)
    return Answer(Member.counted(user, selections.by(user).count()), etag=_state_of(user))


def _state_of(user: User) -> str:
    """Return the ETag of an account, which ignores counters."""
    return tag_of(Account.of(user))


def _known(user_id: int) -> tuple[User, int]:
    user = accounts.get(user_id)
    count = selections.by(user).count()
    reader = visitor()
    if not public_people.is_known(user, reader if _is_own(user) or _administers() else None, published=count):
        raise NotFound("There is no such account.")
    return user, count


def _is_own(user: User) -> bool:
    reader = visitor()
    return reader is not None and reader.id == user.id


@bp.get("/<int:user_id>/posts")
@public
@operation(
    "List somebody's posts", tag="users", query=PageQuery, answer=Posts, problems=(404,), is_conditional=True
)
def posts(user_id: int, query: PageQuery) -> Answer:
    """Published posts that credit the person, newest first. `/posts?author=` adds filters and drafts."""
    user, count = _known(user_id)
    found = queries.among(selections.by(user), count=count)
    page = paginated(found, summaries.load, page=query.page, per_page=query.per_page, total=count)
    return listed(Posts, page, posts=[PostItem.of(post) for post in page.items])


def _validate(said: dict[str, Any], user_id: int | None = None) -> Iterable[Invalid]:
    """Return the mistakes in an account that an administrator submitted."""
    user = None if user_id is None else accounts.get(user_id)
    return validate(said, user=user, is_taken=has_account)


@bp.post("")
@requires(Permission.MANAGE_USERS)
@operation(
    "Create an account for somebody",
    tag="users",
    body=AccountInput,
    answer=Member,
    status=201,
    problems=(401, 403, 409),
    is_conditional=True,
    validator=_validate,
)
def create(body: AccountInput) -> Response:
    """Create an account with a password that you hand over. Requires a sign-in within the last ten minutes."""
    reauthentication.check()
    # Hashing is slow, so it comes before the transaction.
    password_hash = passwords.hash_password(body.password, about=(body.username, body.email))
    user = user_admin_actions.create(
        username=body.username,
        email=body.email,
        password_hash=password_hash,
        role=accounts.chosen_role(body.role, field="role"),
        by=current_user(),
        at=clock.now(),
    )
    actions.update_profile(
        user, name=body.name.strip(), bio=body.bio, website=body.website, by=current_user()
    )
    return commit_and_answer(_made, user.id)


def _made(user_id: int) -> Answer:
    return located(_whole(user_id), url_for("users_api.show", user_id=user_id))


@bp.patch("/<int:user_id>")
@requires(Permission.MANAGE_USERS)
@operation(
    "Change an account",
    tag="users",
    body=AccountChange,
    answer=Member,
    problems=(401, 403, 404, 409, 412, 428),
    is_conditional=True,
    validator=_validate,
)
def change(user_id: int, body: AccountChange) -> Response:
    """Change the role or the profile of an account, disable or enable it."""
    by, user = current_user(), accounts.get(user_id)
    check_match(_state_of(user))
    if not can_change_account(by, user):
        raise NotAllowed("Nobody changes an account of an equal or higher role.")
    if body.role is not None and body.role != user.role.name:
        user_admin_actions.set_role(user, accounts.chosen_role(body.role, field="role"), by=by)
    if body.is_active is not None and body.is_active != user.is_active:
        (user_admin_actions.enable if body.is_active else user_admin_actions.disable)(user, by=by)
    if {"name", "bio", "website", "time_zone", "avatar"} & body.model_fields_set:
        actions.update_profile(
            user,
            time_zone=UNSET if body.time_zone is None else body.time_zone,
            by=by,
            name=UNSET if body.name is None else body.name.strip(),
            bio=UNSET if body.bio is None else body.bio,
            website=UNSET if body.website is None else body.website,
            avatar=body.avatar if "avatar" in body.model_fields_set else UNSET,
        )
    return commit_and_answer(_whole, user_id)


@bp.delete("/<int:user_id>")
@requires(Permission.MANAGE_USERS)
@operation(
    "Delete an account",
    tag="users",
    query=AccountDeletion,
    status=204,
    problems=(401, 403, 404, 409, 412, 428),
    is_conditional=True,
)
def delete(user_id: int, query: AccountDeletion) -> Response:
    """Delete an account at once and for good. Requires a sign-in within ten minutes; delete your own on the site."""
    reauthentication.check()
    by, user = current_user(), accounts.get(user_id)
    check_match(_state_of(user))
    policy = ContentPolicy(query.content)
    heir = query.heir or by.username
    deletion_actions.delete_now(
        user, posts=policy, comments=policy.for_comments, heir=heir, by=by, at=clock.now()
    )
    return commit_and_answer(Answer, None)
