"""Actions on posts. Rendering, the expensive part, happens before: see `masthead.content.rendering`."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm.attributes import flag_modified

from masthead import audit, jobs
from masthead.content import actions as content
from masthead.content.rendering import UNTITLED, RenderedText
from masthead.db import db
from masthead.errors import Invalid, NotAllowed
from masthead.mail import delivery
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts import checks, history, lifecycle, review
from masthead.posts.details import NOTHING, Details, checked_note, credited, set_details
from masthead.posts.errors import NothingToPublish
from masthead.posts.lifecycle import Status, Transition
from masthead.posts.models import Post, PostByline, PostTag
from masthead.posts.permissions import can_edit, can_publish, can_send_back, can_withdraw
from masthead.posts.slugs import SLUGS
from masthead.posts.tasks import tell_of_publication
from masthead.posts.working_copy.texts import WorkingText
from masthead.tags import actions as tags
from masthead.tags.models import Tag
from masthead.text.plain import is_blank
from masthead.unset import Unset

#: The action names of transitions in the audit log.
AUDIT_EVENTS: dict[Transition, str] = {
    Transition.SUBMIT: "submitted",
    Transition.WITHDRAW: "withdrawn",
    Transition.RETURN: "returned",
    Transition.PUBLISH: "published",
    Transition.UNPUBLISH: "unpublished",
    Transition.TRASH: "trashed",
    Transition.RESTORE: "restored",
}


def create(
    rendered: RenderedText,
    *,
    by: User,
    at: datetime,
    bylines: Sequence[User] | None = None,
    details: Details = NOTHING,
) -> Post:
    """Create a draft owned by ``by``; raises `SlugTaken` if the rendered text names a slug that is in use."""
    if not by.can(Permission.WRITE):
        raise NotAllowed("Your role does not allow you to write posts.")
    slug = SLUGS.claim(rendered)
    post = Post(author_id=by.id, slug=slug, status=Status.DRAFT, created_at=at, byline_rows=[], tag_rows=[])
    _set(post, rendered, at=at)
    credit(post, [by] if bylines is None else bylines)
    _detail(post, details, owner=by, by=by)
    db.session.add(post)
    db.session.flush()
    SLUGS.assign([post])
    history.keep(post, rendered.body, by=by, at=at, note=checked_note(details.note))
    _record("created", post, by=by)
    return post


def revise(
    post: Post,
    rendered: RenderedText,
    *,
    by: User,
    at: datetime,
    expected_version: int | None = None,
    details: Details = NOTHING,
) -> None:
    """Save a new version of the post; raises `StaleVersion` if the writer saw another one."""
    if not can_edit(by, post):
        raise NotAllowed("Only its author or an editor can change this post.")
    if post.status is Status.TRASHED:
        raise lifecycle.TransitionNotPossible(Transition.PUBLISH, post.status)
    content.check_version(post, expected_version)
    was_blank = _is_blank(post)
    published_at, before = post.published_at, _content(post)
    if rendered.slug is None and _is_unnamed(post) and rendered.title != UNTITLED:
        SLUGS.name_after(post, rendered.title)
    SLUGS.change(post, rendered.slug)
    _set(post, rendered, at=at)
    if post.status is Status.PUBLIC and not was_blank and _is_blank(post):
        raise NothingToPublish
    _detail(post, details, owner=post.author, by=by)
    if (
        post.status is Status.PUBLIC
        and post.published_at not in {None, published_at}
        and not post.is_published
    ):
        _announce(post, post.published_at, to=dict.fromkeys((by.id, post.author_id)))
    db.session.flush()
    history.keep(post, rendered.body, by=by, at=at, note=checked_note(details.note))
    _record_edit(post, before, by=by)


def _detail(post: Post, details: Details, *, owner: User, by: User) -> None:
    set_details(post, details, by=by)
    if not isinstance(details.bylines, Unset):
        credit(post, credited(post, details.bylines, owner=owner, by=by))


def _content(post: Post) -> dict[str, object]:
    """Return everything that readers see of a post, to find the changes of an edit."""
    people = [row.user_id for row in post.byline_rows]
    names = (*history.ALIKE, *history.WORDS, "body", "comments_open", "expires_at", "expires_to", "update_at")
    return {name: getattr(post, name) for name in names} | {
        "tags": [row.tag_id for row in post.tag_rows],
        "authors": people,
    }


def _record_edit(post: Post, before: dict[str, object], *, by: User) -> None:
    """Record the changed fields in the audit log; a transition without changes is no edit."""
    after = _content(post)
    changed = [name for name in after if after[name] != before[name]]
    short = {
        name: {"before": before[name], "after": after[name]} for name in ("title", "slug") if name in changed
    }
    if changed:
        _record("edited", post, by=by, changed=", ".join(changed), **short)


def _is_unnamed(post: Post) -> bool:
    """Return whether the post is a new draft whose slug was made before it had a title."""
    is_new = post.status is Status.DRAFT and post.published_at is None
    return is_new and post.title == UNTITLED and post.slug.startswith(UNTITLED.lower())


def _set(post: Post, rendered: RenderedText, *, at: datetime) -> None:
    set_text(post, rendered, at=at)
    with db.session.no_autoflush:
        if not isinstance(rendered.tags, Unset):
            set_tags(post, tags.ensure(rendered.tags))


def set_text(post: Post, rendered: RenderedText, *, at: datetime) -> None:
    """Set the text of a post that is being created or revised."""
    content.set_text(post, rendered, at=at)
    post.excerpt = rendered.excerpt
    post.words = rendered.words
    post.reading_minutes = rendered.reading_minutes
    if not isinstance(rendered.lead, Unset):
        post.lead_image = rendered.lead.url if rendered.lead else None
        post.lead_alt = rendered.lead.alt if rendered.lead else ""
        post.lead_caption = rendered.lead.caption if rendered.lead else ""


def set_tags(post: Post, wanted: Sequence[Tag]) -> None:
    """Set the tags, in order."""
    present = {row.tag_id: row for row in post.tag_rows}
    rows = [present.get(tag.id) or PostTag(tag=tag, tag_id=tag.id) for tag in wanted]
    for position, row in enumerate(rows):
        row.position = position
    post.tag_rows = rows


def credit(post: Post, people: Sequence[User]) -> None:
    """Set the bylines, in order."""
    present = {row.user_id: row for row in post.byline_rows}
    rows = [
        present.get(user_id) or PostByline(user_id=user_id)
        for user_id in dict.fromkeys(user.id for user in people)
    ]
    for position, row in enumerate(rows):
        row.position = position
    post.byline_rows = rows


def submit(post: Post, *, by: User, at: datetime) -> None:
    """Submit the draft to the editors."""
    if not can_edit(by, post):
        raise NotAllowed("Only its author or an editor can submit this post.")
    if _move(post, Transition.SUBMIT, by=by, at=at):
        review.resolve_notes(post, at=at)
        review.tell_editors(post, by=by)


def withdraw(post: Post, *, by: User, at: datetime) -> None:
    """Withdraw a submitted post from review."""
    if not can_withdraw(by, post):
        raise NotAllowed("Only its author can withdraw this post.")
    _move(post, Transition.WITHDRAW, by=by, at=at)


def send_back(post: Post, *, by: User, at: datetime, note: str = "") -> None:
    """Return a submitted post to its author, with a note; raises `Invalid` for an invalid note."""
    if not can_send_back(by):
        raise NotAllowed("Only an editor can send a post back.")
    note = review.checked_note(note)
    _move(post, Transition.RETURN, by=by, at=at)
    review.keep_note(post, note, by=by, at=at)


def publish(post: Post, *, by: User, at: datetime) -> None:
    """Publish the post now. A post that was public before keeps its date."""
    if not can_publish(by, post):
        raise NotAllowed("Only its author or an editor can publish this post, if their role allows it.")
    if not post.is_published and _is_blank(post):
        raise NothingToPublish
    if not post.is_published:
        _check_blocking(post)
    was_published = post.is_published
    _move(post, Transition.PUBLISH, by=by, at=at, event="" if was_published else "published")
    if post.published_at is None or post.published_at > at:
        post.published_at = at
    _end_expiry(post, at=at)
    history.mark_public(post)
    if not was_published:
        review.resolve_notes(post, at=at)
        review.tell_author_of_publication(post, by=by)


def schedule(post: Post, *, by: User, at: datetime, when: datetime) -> None:
    """Schedule the post for a later moment."""
    if not can_publish(by, post):
        raise NotAllowed("Only its author or an editor can schedule this post, if their role allows it.")
    if when <= at:
        raise Invalid("Choose a time in the future, or publish the post now.", field="published_at")
    if _is_blank(post):
        raise NothingToPublish
    _check_blocking(post)
    _move(post, Transition.PUBLISH, by=by, at=at, event="scheduled", when=when.isoformat())
    post.published_at = when
    _end_expiry(post, at=when)
    history.mark_public(post)
    review.resolve_notes(post, at=at)
    _announce(post, when, to=dict.fromkeys((by.id, post.author_id)))


def _check_blocking(post: Post) -> None:
    """Raise `Invalid` if a check that the publication has made blocking finds something."""
    blocking = checks.blocking()
    if blocking:
        checks.check_blocking(WorkingText(post.title, post.summary, post.body), post.html, blocking)


def _end_expiry(post: Post, *, at: datetime) -> None:
    """Forget that a post expired; it is public from this moment, at which its end may be over."""
    post.expired_at = None
    if post.expires_at is not None and post.expires_at <= at:
        post.expires_at = None


def expire(post: Post, *, at: datetime) -> None:
    """Take a post from readers at its end. It becomes a draft, which can be published again."""
    post.status = lifecycle.after(Transition.UNPUBLISH, post.status)
    post.updated_at = post.expired_at = at
    audit.record("post.expired", by=None, subject=post.title, post=post.id)


def _announce(post: Post, when: datetime, *, to: Iterable[int]) -> None:
    """Queue the emails about the publication, one for each recipient however often the post is set to this moment."""
    moment = int(when.timestamp())
    for user_id in to if delivery.is_on() else ():
        key = f"post-public:{post.id}:{moment}:{user_id}"
        jobs.enqueue(tell_of_publication, post.id, moment, user_id, run_at=when, unique_key=key)


def backdate(post: Post, *, when: datetime | None, changed: datetime | None = None) -> None:
    """Set the dates of a post that was published elsewhere before (imports)."""
    post.published_at = when
    if changed is not None:
        post.updated_at = changed
        # SQLAlchemy skips a column set to its own value, and `onupdate` would then write the present time.
        flag_modified(post, "updated_at")


def unpublish(post: Post, *, by: User, at: datetime) -> None:
    """Unpublish the post; it becomes a draft again."""
    if not can_publish(by, post):
        raise NotAllowed("Only its author or an editor can unpublish this post.")
    _move(post, Transition.UNPUBLISH, by=by, at=at)


def trash(post: Post, *, by: User, at: datetime) -> None:
    """Move the post to the trash."""
    if not can_edit(by, post):
        raise NotAllowed("Only its author or an editor can move this post to the trash.")
    _move(post, Transition.TRASH, by=by, at=at)
    post.trashed_at = at


def restore(post: Post, *, by: User, at: datetime) -> None:
    """Restore the post from the trash as a draft."""
    if not can_edit(by, post):
        raise NotAllowed("Only its author or an editor can restore this post.")
    _move(post, Transition.RESTORE, by=by, at=at)
    post.trashed_at = None


def _is_blank(post: Post) -> bool:
    # A post without words may have an image; only then the text is loaded, which lists leave out.
    return not post.words and not post.lead_image and is_blank(post.html)


def _move(
    post: Post, step: Transition, *, by: User, at: datetime, event: str | None = None, **details: str
) -> bool:
    """Apply a transition; return whether the status has changed. An empty ``event`` is not recorded."""
    before = post.status
    post.status = lifecycle.after(step, before)
    post.updated_at = at
    is_moved = post.status is not before
    event = (AUDIT_EVENTS[step] if is_moved else "") if event is None else event
    if event:
        _record(event, post, by=by, **details)
    return is_moved


def _record(event: str, post: Post, *, by: User, **details: object) -> None:
    audit.record(f"post.{event}", by=by, subject=post.title, post=post.id, **details)
