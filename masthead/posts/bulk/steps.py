"""Changes one post of many, with the permissions of the person who asked for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from masthead import audit
from masthead.db import db
from masthead.errors import Conflict, Invalid
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts import actions, history
from masthead.posts.bulk.models import BulkAction, BulkChange
from masthead.posts.bulk.recipients import check_recipient
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.posts.permissions import can_credit, check_editable
from masthead.posts.working_copy import journal
from masthead.tags import actions as tags
from masthead.tags.models import TAGS_LIMIT

REFUSAL: Final = "Only its author or an editor can change this post."


def apply(post: Post, change: BulkChange, *, by: User, at: datetime) -> None:
    """Change one post, which is locked; raises a domain error if that is not possible or changes nothing."""
    check_editable(post, by, refusal=REFUSAL)
    match BulkAction(change.action):
        case BulkAction.TAG:
            _tag(post, change.tags, by=by, at=at)
        case BulkAction.PUBLISH:
            _publish(post, by=by, at=at)
        case BulkAction.UNPUBLISH:
            actions.unpublish(post, by=by, at=at)
        case BulkAction.TRASH:
            actions.trash(post, by=by, at=at)
        case BulkAction.RESTORE:
            actions.restore(post, by=by, at=at)
        case BulkAction.HAND_OVER:
            _transfer(post, change.recipient, by=by, at=at)
    db.session.flush()


def _tag(post: Post, names: Sequence[str], *, by: User, at: datetime) -> None:
    _check_kept(post)
    present = {tag.id for tag in post.tags}
    new = [tag for tag in tags.ensure(names) if tag.id not in present]
    if not new:
        raise Conflict("The post has these tags already.")
    if len(present) + len(new) > TAGS_LIMIT:
        raise Invalid(f"A post has at most {TAGS_LIMIT} tags.")
    actions.set_tags(post, [*post.tags, *new])
    _save(post, by=by, at=at, note="Tags added to several posts")
    audit.record("post.edited", by=by, subject=post.title, post=post.id, changed="tags")


def _publish(post: Post, *, by: User, at: datetime) -> None:
    if post.is_published:
        raise Conflict("The post is published already.")
    if journal.is_open(post.id):
        # Nobody has looked at what would become public.
        raise Conflict("The post has unpublished changes. Open it, and publish it there.")
    actions.publish(post, by=by, at=at)


def _transfer(post: Post, recipient: User | None, *, by: User, at: datetime) -> None:
    _check_kept(post)
    if recipient is None:
        raise Conflict("The account of the new author was deleted.")
    check_recipient(recipient)
    if recipient.id == post.author_id:
        raise Conflict(f"The post belongs to {recipient.display_name} already.")
    former = post.author_id
    actions.credit(post, _credited(post, recipient, by=by))
    post.author_id = recipient.id
    _save(post, by=by, at=at, note=f"Handed over to {recipient.display_name}")
    audit.record(
        "post.handed_over", by=by, subject=post.title, post=post.id, to=recipient.username, from_id=former
    )


def _credited(post: Post, recipient: User, *, by: User) -> list[User]:
    """Return whom the post names afterwards: only editors put a name in the place of another one that readers see."""
    people = list(post.bylines)
    replaced = [recipient if person.id == post.author_id else person for person in people]
    is_draft_of_one = post.status is not Status.PUBLIC and [person.id for person in people] == [by.id]
    if by.can(Permission.EDIT_POSTS) or is_draft_of_one:
        return replaced
    present, wanted = [person.id for person in people], [*people, recipient]
    return wanted if can_credit(by, present, [person.id for person in wanted]) else people


def _save(post: Post, *, by: User, at: datetime, note: str) -> None:
    post.updated_at = at
    db.session.flush()
    history.keep(post, post.body, by=by, at=at, note=note)


def _check_kept(post: Post) -> None:
    if post.status is Status.TRASHED:
        raise Conflict("The post is in the trash. Restore it first.")
