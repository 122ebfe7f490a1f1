"""The API of changes of many posts."""

from datetime import datetime

from flask import Blueprint, Response, url_for
from pydantic import Field

from masthead import clock
from masthead.content.rendering import SLUG_CHARACTERS
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.posts.api.schemas import Tags
from masthead.posts.bulk import abandoned, actions, queries, recipients
from masthead.posts.bulk.actions import MOST_POSTS, BulkOrder
from masthead.posts.bulk.models import BulkAction, BulkChange, BulkItem, BulkState, ItemState
from masthead.web.api.operations import Answer, commit_and_answer, operation
from masthead.web.api.paging import address
from masthead.web.api.schemas import Made, Schema, Text

bp = Blueprint("posts_bulk_api", __name__)

PROBLEMS = (401, 403)


class BulkInput(Schema):
    """A change of many posts."""

    action: BulkAction = Field(examples=["tag"])
    posts: list[Text] = Field(
        min_length=1,
        max_length=MOST_POSTS,
        description="The slugs of the posts.",
        examples=[["the-ferry", "low-water"]],
    )
    tags: Tags = Field(default=[], description="For `tag`: the tags to add.", examples=[["Rivers"]])
    author: Text | None = Field(
        default=None,
        max_length=60,
        description="For `hand_over`: the user name of the new author.",
        examples=["walt"],
    )


class BulkItemAnswer(Schema):
    """The result of one post."""

    slug: str = Field(description="The slug at that time.", examples=["the-ferry"])
    title: str = Field(examples=["The ferry"])
    state: ItemState = Field(
        description="`refused` and `kept` leave the post as it is; `message` says why.", examples=["done"]
    )
    message: str = Field(examples=[""])

    @classmethod
    def of(cls, item: BulkItem) -> "BulkItemAnswer":
        """Return the result of one post."""
        return cls(slug=item.slug, title=item.title, state=ItemState(item.state), message=item.message)


class BulkAnswer(Schema):
    """A change of many posts, with what became of each."""

    id: int = Field(examples=[3])
    action: BulkAction = Field(examples=["tag"])
    state: BulkState = Field(
        description="`queued` and `undoing` are under way. `done` can be undone once.", examples=["queued"]
    )
    tags: list[str] = Field(examples=[["Rivers"]])
    author: str | None = Field(description="The user name of the new author.", examples=[None])
    created_at: Made
    finished_at: datetime | None = Field(examples=["2026-12-01T09:30:02Z"])
    posts: list[BulkItemAnswer]

    @classmethod
    def of(cls, change: BulkChange) -> "BulkAnswer":
        """Return a change that is loaded with its posts."""
        return cls(
            id=change.id,
            action=BulkAction(change.action),
            state=BulkState(change.state),
            tags=change.tags,
            author=change.recipient.username if change.recipient is not None else None,
            created_at=change.created_at,
            finished_at=change.finished_at,
            posts=[BulkItemAnswer.of(item) for item in change.items],
        )


def _present(change_id: int) -> Answer:
    change = abandoned.read(change_id, owner=current_user())
    location = address(url_for("posts_bulk_api.show", change_id=change_id))
    return Answer(BulkAnswer.of(change), headers={"Location": location})


@bp.post("/bulk")
@requires(Permission.WRITE)
@operation("Change many posts", tag="posts", body=BulkInput, answer=BulkAnswer, status=202, problems=PROBLEMS)
def create(body: BulkInput) -> Response:
    """Queue one change of many posts. Each post is changed as its own operation would, with the same permissions."""
    by = current_user()
    recipient = recipients.by_username(body.author) if body.author is not None else None
    posts = queries.at_slugs([slug[:SLUG_CHARACTERS] for slug in body.posts], reader=by)
    change = actions.start(BulkOrder(body.action, body.tags, recipient), posts, by=by, at=clock.now())
    return commit_and_answer(_present, change.id)


@bp.get("/bulk/<int:change_id>")
@requires(Permission.WRITE)
@operation("Read a change of many posts", tag="posts", answer=BulkAnswer, problems=(401, 403, 404))
def show(change_id: int) -> Answer:
    """The progress and the results of one's own change, for 30 days."""
    return Answer(BulkAnswer.of(abandoned.read(change_id, owner=current_user())))


@bp.post("/bulk/<int:change_id>/undo")
@requires(Permission.WRITE)
@operation(
    "Undo a change of many posts",
    tag="posts",
    answer=BulkAnswer,
    status=202,
    problems=(401, 403, 404, 409),
)
def undo(change_id: int) -> Response:
    """Queue the undo. A post that somebody changed since stays as it is."""
    change = queries.get(change_id, owner=current_user())
    actions.start_undo(change.id, by=current_user())
    return commit_and_answer(_present, change_id)
