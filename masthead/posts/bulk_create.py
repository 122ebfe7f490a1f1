"""Creates many posts with their original dates and statuses, in few statements (imports)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import insert

from masthead.content.rendering import RenderedText
from masthead.db import db
from masthead.errors import NotAllowed
from masthead.media import usage as media_usage
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts import actions, history
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, Revision, RevisionByline
from masthead.posts.slugs import SLUGS
from masthead.tags import actions as tags
from masthead.tags.models import Tag
from masthead.text.names import name_key
from masthead.unset import chosen


@dataclass(frozen=True, slots=True)
class PostImport:
    """A post from elsewhere. The rendered text names its slug."""

    rendered: RenderedText
    status: Status
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime
    bylines: Sequence[User]
    comments_open: bool = True
    canonical_url: str | None = None
    #: Values of `masthead.posts.history.WORDS` and ``card_image``.
    card: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None
    translation_key: str | None = None
    note: str = ""


def bulk_create(arrivals: Sequence[PostImport], *, by: User) -> list[Post]:
    """Create the posts, owned by ``by``, in this order; raises `SlugTaken` for the first slug in use."""
    if not by.can(Permission.WRITE) or not by.can(Permission.PUBLISH):
        raise NotAllowed("Your role does not allow you to publish posts.")
    SLUGS.claim_all([arrival.rendered.slug or "" for arrival in arrivals])
    subjects = _tags(arrivals)
    made = [_post(arrival, subjects, by) for arrival in arrivals]
    db.session.add_all(made)
    db.session.flush()
    SLUGS.assign(made)
    _keep_revisions(arrivals, made, by)
    return made


def _tags(arrivals: Sequence[PostImport]) -> dict[str, Tag]:
    """Return every tag of the posts, by key."""
    names = [name for arrival in arrivals for name in chosen(arrival.rendered.tags, ())]
    return {tag.key: tag for tag in tags.ensure_all(names)}


def _post(arrival: PostImport, subjects: dict[str, Tag], by: User) -> Post:
    rendered = arrival.rendered
    post = Post(
        author_id=by.id,
        slug=rendered.slug,
        status=arrival.status,
        published_at=arrival.published_at,
        created_at=arrival.created_at,
        comments_open=arrival.comments_open,
        canonical_url=arrival.canonical_url,
        **arrival.card,
        language=arrival.language,
        translation_key=arrival.translation_key,
        byline_rows=[],
        tag_rows=[],
    )
    actions.set_text(post, rendered, at=arrival.updated_at)
    actions.set_tags(post, [subjects[name_key(name)] for name in chosen(rendered.tags, ())])
    actions.credit(post, arrival.bylines)
    return post


def _keep_revisions(arrivals: Sequence[PostImport], made: Sequence[Post], by: User) -> None:
    rows = [
        history.values_of(post)
        | {
            "post_id": post.id,
            "number": 1,
            "body": arrival.rendered.body,
            "tags": list(chosen(arrival.rendered.tags, ())),
            "author_id": by.id,
            "note": arrival.note,
            "created_at": arrival.created_at,
        }
        for arrival, post in zip(arrivals, made, strict=True)
    ]
    if rows:
        db.session.execute(insert(Revision), rows)
    for row in rows:
        media_usage.add("revision", row["post_id"], [row["body"], row["lead_image"], row["card_image"]])
    named = [
        {"post_id": post.id, "number": 1, "position": row.position, "user_id": row.user_id}
        for post in made
        for row in post.byline_rows
    ]
    if named:
        db.session.execute(insert(RevisionByline), named)
