"""Merges tags that content carries, and deletes those that no content carries."""

from sqlalchemy import delete, select, update

from masthead import audit
from masthead.db import db
from masthead.errors import Conflict, Invalid, NotAllowed
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.redirects import actions as redirects
from masthead.redirects.models import Redirect, Target
from masthead.tags import tagged_content
from masthead.tags.models import Tag
from masthead.tags.queries import ADDRESS

GONE = "Somebody else has merged or deleted one of these tags in the meantime. Open the list of tags to see what is left."


def merge(tag: Tag, into: Tag, *, by: User) -> int:
    """Replace ``tag`` by ``into`` on every post, delete it, and return the number of posts.

    Every redirect to ``tag`` leads to ``into`` from now on; so does its own address, if readers can have seen it.
    """
    if tag.id == into.id:
        raise Invalid("Choose another tag than this one.", field="into")
    _check_right(by)
    _hold(tag, into)
    was_public = tagged_content.was_public(tag)
    count = tagged_content.replace(tag, into)
    _lead_on(tag, into, keeps_address=was_public)
    into.description = into.description or tag.description
    audit.record("tag.merged", by=by, subject=into.name, before=tag.name, posts=count)
    _remove(tag)
    return count


def remove_unused(tag: Tag, *, by: User) -> None:
    """Delete a tag that no post carries; raises `Conflict` if one does."""
    _check_right(by)
    _hold(tag)
    if tagged_content.counts([tag]):
        raise Conflict("Posts have this tag. Merge it into another one instead.")
    redirected = delete(Redirect).where(Redirect.kind == Target.TAG, Redirect.target_id == tag.id)
    db.session.execute(redirected, execution_options={"synchronize_session": False})
    audit.record("tag.deleted", by=by, subject=tag.name)
    _remove(tag)


def _check_right(by: User) -> None:
    if not by.can(Permission.MANAGE_TAGS):
        raise NotAllowed("Only editors merge and delete tags.")


def _hold(*tags: Tag) -> None:
    """Lock these tags until the transaction ends; raises `Conflict` if one is gone."""
    ids = sorted(tag.id for tag in tags)
    held = select(Tag.id).where(Tag.id.in_(ids)).order_by(Tag.id).with_for_update()
    if list(db.session.scalars(held)) != ids:
        raise Conflict(GONE)


def _lead_on(tag: Tag, into: Tag, *, keeps_address: bool) -> None:
    led = update(Redirect).where(Redirect.kind == Target.TAG, Redirect.target_id == tag.id)
    db.session.execute(led.values(target_id=into.id), execution_options={"synchronize_session": False})
    # A tag with this slug may have been merged before; the last merge counts.
    old = ADDRESS.format(slug=tag.slug)
    before = delete(Redirect).where(Redirect.path == old)
    db.session.execute(before, execution_options={"synchronize_session": False})
    if keeps_address:
        redirects.keep(old, kind=Target.TAG, target_id=into.id)


def _remove(tag: Tag) -> None:
    db.session.delete(tag)
    db.session.flush()
