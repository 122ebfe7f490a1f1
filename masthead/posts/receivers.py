"""Signal receivers that export and transfer a person's posts."""

from typing import Any

from flask import url_for
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import joinedload, selectinload, undefer

from masthead.account_deletion.signals import ContentTransfer
from masthead.db import db
from masthead.features import PersonalDataSection
from masthead.media.signals import Use, UsesToDescribe
from masthead.media.usage import STATES
from masthead.people.models import User
from masthead.posts import permissions, queries
from masthead.posts.history import WORDS
from masthead.posts.links import post_url
from masthead.posts.models import Post, PostByline, PostTag, ReviewNote, Revision, RevisionByline


def export_posts(user: User) -> list[PersonalDataSection]:
    """Export the posts that the person owns or is credited for, and every revision that the person saved."""
    return [
        PersonalDataSection("posts", "Your posts", [_row(post) for post in _posts_of(user)]),
        PersonalDataSection("revisions", "What you saved", _revisions_of(user)),
        PersonalDataSection("review_notes", "Notes with which you sent posts back", _review_notes_of(user)),
        PersonalDataSection("received_notes", "Notes with which your posts came back", _notes_to(user)),
    ]


def _posts_of(user: User) -> list[Post]:
    credited = select(PostByline.post_id).where(PostByline.user_id == user.id)
    statement = (
        select(Post)
        .where(or_(Post.author_id == user.id, Post.id.in_(credited)))
        .options(undefer(Post.body), selectinload(Post.tag_rows).joinedload(PostTag.tag))
        .order_by(Post.id)
    )
    return list(db.session.scalars(statement))


def _row(post: Post) -> dict[str, Any]:
    names = ("id", "title", "slug", "summary", "body", "status", "language", "lead_image", "lead_alt")
    beside = ("lead_caption", "canonical_url", "translation_key", "comments_open", *WORDS, "card_image")
    numbers = ("words", "views", "comment_count", "created_at", "updated_at", "published_at", "trashed_at")
    return {name: getattr(post, name) for name in (*names, *beside, *numbers)} | {
        "tags": [tag.name for tag in post.tags]
    }


def _revisions_of(user: User) -> list[dict[str, Any]]:
    names = ("post_id", "number", "title", "slug", "summary", "body", "tags", "status", "note", "created_at")
    statement = (
        select(Revision)
        .where(Revision.author_id == user.id)
        .options(undefer(Revision.body))
        .order_by(Revision.id)
    )
    return [{name: getattr(revision, name) for name in names} for revision in db.session.scalars(statement)]


def _review_notes_of(user: User) -> list[dict[str, Any]]:
    names = ("post_id", "body", "created_at", "resolved_at")
    statement = select(ReviewNote).where(ReviewNote.author_id == user.id).order_by(ReviewNote.id)
    return [{name: getattr(note, name) for name in names} for note in db.session.scalars(statement)]


def _notes_to(user: User) -> list[dict[str, Any]]:
    """Return the notes on the person's posts, as the editor page shows them: with the name of their author."""
    names = ("post_id", "body", "created_at", "resolved_at")
    statement = (
        select(ReviewNote)
        .join(Post, Post.id == ReviewNote.post_id)
        .where(Post.author_id == user.id)
        .options(joinedload(ReviewNote.author))
        .order_by(ReviewNote.id)
    )
    return [
        {name: getattr(note, name) for name in names} | {"by": note.author.display_name}
        for note in db.session.scalars(statement)
    ]


def transfer_posts(transfer: ContentTransfer) -> None:
    """Transfer posts and bylines to their recipients. Revisions name a former member instead."""
    heir, former = transfer.posts_to, transfer.former_member
    if heir is None or former is None:
        return
    leaving = transfer.user.id
    credited = select(PostByline.post_id).where(PostByline.user_id == leaving)
    db.session.execute(
        update(Post)
        .where(or_(Post.author_id == leaving, Post.id.in_(credited)))
        .values(version=Post.version + 1, updated_at=transfer.at)
    )
    db.session.execute(update(Post).where(Post.author_id == leaving).values(author_id=heir.id))
    # Nobody is credited twice for one post.
    heirs_own = select(PostByline.post_id).where(PostByline.user_id == heir.id)
    theirs = PostByline.user_id == leaving
    db.session.execute(delete(PostByline).where(theirs, PostByline.post_id.in_(heirs_own)))
    db.session.execute(update(PostByline).where(theirs).values(user_id=heir.id))
    for history in (Revision, ReviewNote):
        db.session.execute(update(history).where(history.author_id == leaving).values(author_id=former.id))
    shown = update(RevisionByline).where(RevisionByline.user_id == leaving)
    db.session.execute(shown.values(user_id=former.id))


def describe_uses_in_posts(question: UsesToDescribe) -> None:
    """Name the posts that show a file, also in unsaved changes and earlier versions; a draft leads to the editor."""
    if question.kind not in STATES:
        return
    condition = Post.id.in_(question.object_ids) & queries.is_visible_to(question.reader)
    for post in db.session.scalars(select(Post).where(condition).order_by(Post.id)):
        use = _use_in(post, question)
        if use is not None:
            question.uses.append(use)


def _use_in(post: Post, question: UsesToDescribe) -> Use | None:
    """Return the place in a post; None for a state that only those see who may edit the post."""
    title, url = post.title, url_for("posts_desk.edit", post_id=post.id)
    if question.kind == "post":
        url = post_url(post) if post.is_published else url
    elif not permissions.can_edit(question.reader, post):
        return None
    elif question.kind == "working_copy":
        title = f"{post.title} (unpublished changes)"
    else:
        title = f"{post.title} (earlier version)"
        url = url_for("posts_desk_history.index", post_id=post.id)
    return Use(question.kind, post.id, title, url)
