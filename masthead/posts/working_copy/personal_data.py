"""Signal receivers that export and transfer what a person typed."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import selectinload

from masthead.account_deletion.signals import ContentTransfer
from masthead.db import db
from masthead.features import PersonalDataSection
from masthead.people.models import User
from masthead.posts import receivers
from masthead.posts.bulk.models import BulkChange
from masthead.posts.models import Post
from masthead.posts.permissions import can_edit
from masthead.posts.previews.models import PreviewLink
from masthead.posts.working_copy import autosaves, journal
from masthead.posts.working_copy.journal import PostKey
from masthead.posts.working_copy.models import EditingLease, KeptText, WorkingCopy, WorkingCopyChange
from masthead.posts.working_copy.texts import WorkingText


def export_with_posts(user: User) -> list[PersonalDataSection]:
    """Export posts and revisions, and what the person typed that is not saved."""
    return [
        *receivers.export_posts(user),
        PersonalDataSection("working_copies", "What you typed and did not publish", _working_copies(user)),
        PersonalDataSection("preview_links", "Preview links that you created", _preview_links(user)),
        PersonalDataSection("kept_texts", "Texts that were kept for you", _kept_texts(user)),
        PersonalDataSection("bulk_changes", "Changes of many posts", _bulk_changes(user)),
    ]


def _working_copies(user: User) -> list[dict[str, object]]:
    """Return the open working copies; of posts that the person may not edit now, the last text that the person sent."""
    wrote = select(WorkingCopyChange.post_id).where(WorkingCopyChange.user_id == user.id)
    statement = (
        select(WorkingCopy, Post.author_id, Post.status, Post.version)
        .join(Post, Post.id == WorkingCopy.post_id)
        .where(WorkingCopy.is_open, WorkingCopy.post_id.in_(wrote))
        .order_by(WorkingCopy.post_id)
    )
    found: list[dict[str, object]] = []
    for copy, author_id, status, version in db.session.execute(statement).all():
        post = PostKey(copy.post_id, author_id, status, version)
        if can_edit(user, post):
            found.append(_exported(post, journal.head_text(post.id, copy), copy.changed_at))
        elif (own := _last_sent(post, user)) is not None:
            found.append(_exported(post, *own))
    return found


def _exported(post: PostKey, text: WorkingText, changed_at: datetime) -> dict[str, object]:
    return {"post_id": post.id, "changed_at": changed_at} | text.as_dict()


def _last_sent(post: PostKey, user: User) -> tuple[WorkingText, datetime] | None:
    """Return the last text that an editor of the person sent, and when.

    Entries without a client may hold others' texts, which the server merged in the person's name.
    """
    entry = db.session.scalar(
        select(WorkingCopyChange)
        .where(
            WorkingCopyChange.post_id == post.id,
            WorkingCopyChange.user_id == user.id,
            WorkingCopyChange.client != "",
        )
        .order_by(WorkingCopyChange.version.desc())
        .limit(1)
    )
    text = autosaves.sent_text(post, entry) if entry is not None else None
    return (text, entry.changed_at) if entry is not None and text is not None else None


def _preview_links(user: User) -> list[dict[str, object]]:
    names = ("post_id", "takes_notes", "created_at", "expires_at")
    statement = select(PreviewLink).where(PreviewLink.created_by_id == user.id).order_by(PreviewLink.id)
    return [{name: getattr(link, name) for name in names} for link in db.session.scalars(statement)]


def _kept_texts(user: User) -> list[dict[str, object]]:
    statement = select(KeptText).where(KeptText.user_id == user.id).order_by(KeptText.id)
    return [
        {"post_id": kept.post_id, "created_at": kept.created_at, **kept.text}
        for kept in db.session.scalars(statement)
    ]


def _bulk_changes(user: User) -> list[dict[str, object]]:
    statement = (
        select(BulkChange)
        .where(BulkChange.user_id == user.id)
        .options(selectinload(BulkChange.items))
        .order_by(BulkChange.id)
    )
    return [
        {
            "action": change.action,
            "tags": change.tags,
            "state": change.state,
            "created_at": change.created_at,
            "posts": [{"title": item.title, "state": item.state} for item in change.items],
        }
        for change in db.session.scalars(statement)
    ]


def transfer_working_copies(transfer: ContentTransfer) -> None:
    """Credit entries of the journal to a former member, and delete what was kept for the person alone."""
    leaving, former = transfer.user.id, transfer.former_member
    db.session.execute(delete(KeptText).where(KeptText.user_id == leaving))
    db.session.execute(delete(EditingLease).where(EditingLease.user_id == leaving))
    db.session.execute(delete(BulkChange).where(BulkChange.user_id == leaving))
    if former is None:
        return
    shared = update(PreviewLink).where(PreviewLink.created_by_id == leaving)
    db.session.execute(shared.values(created_by_id=former.id))
    for model in (WorkingCopy, WorkingCopyChange):
        statement = update(model).where(model.user_id == leaving).values(user_id=former.id)
        db.session.execute(statement, execution_options={"synchronize_session": False})
