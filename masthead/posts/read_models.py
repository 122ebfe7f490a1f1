"""Rows, filters and editor buttons of posts, for writers and editors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import url_for

from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts.lifecycle import State, Status
from masthead.posts.links import post_url
from masthead.posts.lists import daily_views
from masthead.posts.models import Post
from masthead.posts.permissions import can_publish, can_withdraw
from masthead.posts.summaries import PostSummary
from masthead.posts.working_copy import journal
from masthead.web.charts import SmallChart, small_chart
from masthead.web.list_filters import FilterLink

#: The states of a public post, whose date is that of its publication.
PUBLIC = frozenset({State.SCHEDULED, State.PUBLISHED})
FILTERS: dict[State, str] = {
    State.DRAFT: "Drafts",
    State.IN_REVIEW: "In review",
    State.SCHEDULED: "Scheduled",
    State.PUBLISHED: "Published",
    State.TRASHED: "Trash",
}
#: The headings of empty lists, by the word in their URL.
NO_POSTS: dict[str, str] = {
    "": "No posts yet",
    State.DRAFT: "No posts in draft",
    State.IN_REVIEW: "No posts in review",
    State.SCHEDULED: "No posts scheduled",
    State.PUBLISHED: "No posts published",
    Status.PUBLIC: "No posts published or scheduled",
    State.TRASHED: "No posts in the trash",
}


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post in a list of writers or editors, with its links."""

    post: PostSummary
    #: None in the trash, where a post cannot be edited.
    edit_url: str | None
    url: str
    view_label: str
    #: The date that the list shows.
    moment: datetime
    has_working_copy: bool
    #: Its views of the last days; None if there were none.
    chart: SmallChart | None


def rows(posts: Sequence[PostSummary]) -> list[PostRow]:
    """Return the rows of a list, with the views and the working copies of its posts; two statements."""
    post_ids = [post.id for post in posts]
    days = daily_views.last_days()
    views = daily_views.of_posts(post_ids, days[0])
    typed = journal.open_among(post_ids)
    return [
        _row(post, has_working_copy=post.id in typed, chart=small_chart(days, views.get(post.id, {})))
        for post in posts
    ]


def _row(post: PostSummary, *, has_working_copy: bool, chart: SmallChart | None) -> PostRow:
    state = post.state
    is_trashed = state is State.TRASHED
    return PostRow(
        post=post,
        edit_url=None if is_trashed else url_for("posts_desk.edit", post_id=post.id),
        url=post_url(post),
        view_label="View" if state is State.PUBLISHED else "Preview",
        moment=public_moment(post) or post.updated_at,
        has_working_copy=has_working_copy,
        chart=chart,
    )


def public_moment(post: Post | PostSummary) -> datetime | None:
    """Return the first moment at which readers see the post; None if there is no such decision."""
    return post.published_at if post.state in PUBLIC else None


def filters(
    current: str, url_of: Callable[[State | None], str], *, first: State = State.DRAFT
) -> list[FilterLink]:
    """Return links to all posts and to each state, most important first."""
    states = sorted(FILTERS, key=lambda state: state is not first)
    everything = FilterLink("All", url_of(None), not current)
    return [everything, *(FilterLink(FILTERS[state], url_of(state), current == state) for state in states)]


class Button(NamedTuple):
    """A submit button and its value."""

    value: str
    label: str
    is_first: bool = False


def bulk_buttons(shown: str) -> list[Button]:
    """Return the buttons for the selected posts of a list, the primary one first."""
    if shown == State.TRASHED:
        return [Button("restore", "Restore selected", is_first=True)]
    buttons = [Button("trash", "Move selected to the trash")]
    if shown not in {State.DRAFT, State.IN_REVIEW}:
        buttons.insert(0, Button("unpublish", "Unpublish selected"))
    if shown != State.PUBLISHED:
        buttons.insert(0, Button("publish", "Publish selected", is_first=True))
    return buttons


class DateField(NamedTuple):
    """The publication date in the editor, with its own button unless the post is public."""

    hint: str
    button: str | None


@dataclass(frozen=True, slots=True)
class PostEditor:
    """The editor of a saved or a new post, with its possible actions."""

    heading: str
    view_label: str
    #: The moment at which readers see it, with its label.
    moment: datetime | None
    moment_word: str
    #: The Enter key presses the first one, so it is always the harmless one.
    buttons: tuple[Button, ...]
    is_returnable: bool
    date: DateField | None


def editor(post: Post | None, by: User) -> PostEditor:
    """Return the editor of a post for a person who may edit it."""
    state = State.DRAFT if post is None else post.state
    may_publish = by.can(Permission.PUBLISH) if post is None else can_publish(by, post)
    may_withdraw = post is not None and can_withdraw(by, post)
    return PostEditor(
        heading="New post" if post is None else "Edit post",
        view_label="View the post" if state is State.PUBLISHED else "Preview",
        moment=None if post is None else public_moment(post),
        moment_word="for " if state is State.SCHEDULED else "",
        buttons=tuple(_editor_buttons(state, may_publish=may_publish, may_withdraw=may_withdraw)),
        is_returnable=state is State.IN_REVIEW and not may_withdraw,
        date=_date_field(state) if may_publish else None,
    )


def _editor_buttons(state: State, *, may_publish: bool, may_withdraw: bool) -> list[Button]:
    is_draft, is_public = state is State.DRAFT, state in PUBLIC
    buttons = [Button("save", "Save draft" if is_draft else "Save changes", is_first=is_public)]
    if is_public:
        buttons.append(Button("unpublish", "Unpublish" if state is State.PUBLISHED else "Unschedule"))
    elif may_publish:
        buttons.append(Button("publish", "Publish now", is_first=True))
    if state is State.IN_REVIEW and may_withdraw:
        buttons.append(Button("withdraw", "Withdraw from review"))
    if is_draft:
        buttons.append(Button("submit", "Submit for review", is_first=not may_publish))
    return buttons


def _date_field(state: State) -> DateField:
    if state is State.PUBLISHED:
        return DateField(
            "A date in the past changes the date that readers see. A date in the future hides the post until then.",
            None,
        )
    button = "Change the date" if state is State.SCHEDULED else "Schedule"
    return DateField("A date in the past is kept when the post is published.", button)
