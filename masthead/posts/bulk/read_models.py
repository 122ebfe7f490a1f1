"""The pages of changes of many posts: the question, and the result of each post."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import url_for

from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts.bulk import queries
from masthead.posts.bulk.models import BulkAction, BulkChange, BulkItem, BulkState, ItemState
from masthead.posts.lifecycle import State
from masthead.posts.read_models import Button
from masthead.web.list_filters import FilterLink

#: The words of each action: the button, the question, the result and the button of the question.
_WORDS: Final[dict[BulkAction, tuple[str, str, str, str]]] = {
    BulkAction.TAG: ("Add tags", "Add tags to {}?", "tagged", "Add tags"),
    BulkAction.PUBLISH: ("Publish selected", "Publish {}?", "published", "Publish"),
    BulkAction.UNPUBLISH: ("Unpublish selected", "Unpublish {}?", "unpublished", "Unpublish"),
    BulkAction.TRASH: (
        "Move to the trash",
        "Move {} to the trash?",
        "moved to the trash",
        "Move to the trash",
    ),
    BulkAction.RESTORE: ("Restore selected", "Restore {}?", "restored as a draft", "Restore"),
    BulkAction.HAND_OVER: ("Hand over", "Hand over {}?", "handed over", "Hand over"),
}
_HINTS: Final[dict[BulkAction, str]] = {
    BulkAction.TAG: "The tags of each post stay, and these are added.",
    BulkAction.PUBLISH: "Readers see them at once. Scheduled posts are not waited for.",
    BulkAction.UNPUBLISH: "They become drafts, and readers no longer find them.",
    BulkAction.TRASH: "Readers no longer find them. They stay in the trash for 30 days.",
    BulkAction.RESTORE: "They become drafts.",
    BulkAction.HAND_OVER: (
        "The new author owns the posts, and is credited. The former one stays credited on published posts, "
        "unless an editor hands them over. You may no longer be able to edit them."
    ),
}
_RESULTS: Final[dict[ItemState, str]] = {
    ItemState.WAITING: "Waiting",
    ItemState.DONE: "Done",
    ItemState.REFUSED: "Not changed",
    ItemState.UNDONE: "Undone",
    ItemState.KEPT: "Not undone",
}
_RUNNING: Final = frozenset({BulkState.QUEUED, BulkState.UNDOING})


def counted(number: int) -> str:
    """Return a number of posts in words."""
    return "1 post" if number == 1 else f"{number} posts"


def buttons(by: User, shown: str) -> list[Button]:
    """Return the buttons for the selected posts of a list of writers."""
    if shown == State.TRASHED:
        return [_button(BulkAction.RESTORE)]
    may_publish = by.can(Permission.PUBLISH) or by.can(Permission.EDIT_POSTS)
    offered = [BulkAction.TAG]
    if may_publish and shown != State.PUBLISHED:
        offered.append(BulkAction.PUBLISH)
    if may_publish and shown not in {State.DRAFT, State.IN_REVIEW}:
        offered.append(BulkAction.UNPUBLISH)
    return [_button(action) for action in (*offered, BulkAction.HAND_OVER, BulkAction.TRASH)]


def _button(action: BulkAction) -> Button:
    return Button(action.value, _WORDS[action][0])


@dataclass(frozen=True, slots=True)
class BulkQuestion:
    """The page that asks before many posts are changed."""

    action: str
    heading: str
    hint: str
    button: str
    is_alarming: bool
    asks_for_tags: bool
    asks_for_author: bool


def question(action: BulkAction, number: int) -> BulkQuestion:
    """Return the question about a number of posts."""
    _, asked, _, button = _WORDS[action]
    return BulkQuestion(
        action=action.value,
        heading=asked.format(counted(number)),
        hint=_HINTS[action],
        button=button,
        is_alarming=action is BulkAction.TRASH,
        asks_for_tags=action is BulkAction.TAG,
        asks_for_author=action is BulkAction.HAND_OVER,
    )


@dataclass(frozen=True, slots=True)
class BulkRow:
    """The result of one post."""

    title: str
    #: None if the person cannot open it.
    edit_url: str | None
    state: str
    label: str
    message: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """The progress and the result of a change of many posts."""

    heading: str
    details: str
    is_running: bool
    finished: int
    total: int
    rows: list[BulkRow]
    #: None if there is nothing to undo, or no more.
    undo_url: str | None


def result(change: BulkChange, editable: Collection[int]) -> BulkResult:
    """Return the page of a change, with its posts."""
    states = Counter(item.state for item in change.items)
    is_undo = change.state in {BulkState.UNDOING, BulkState.UNDONE}
    left = states[ItemState.DONE if is_undo else ItemState.WAITING]
    tagged = ", ".join(change.tags)
    to = change.recipient.display_name if change.recipient is not None else ""
    return BulkResult(
        heading=_heading(change, states),
        details=f"Tags: {tagged}" if tagged else (f"New author: {to}" if to else ""),
        is_running=change.state in _RUNNING,
        finished=len(change.items) - left,
        total=len(change.items),
        rows=[_row(item, editable) for item in change.items],
        undo_url=url_for("posts_bulk.undo", change_id=change.id)
        if change.state == BulkState.DONE and states[ItemState.DONE]
        else None,
    )


def _heading(change: BulkChange, states: Counter[str]) -> str:
    """Return the result in one line."""
    total = sum(states.values())
    if change.state == BulkState.UNDONE:
        return f"Undone for {states[ItemState.UNDONE]} of {counted(total)}"
    participle = _WORDS[BulkAction(change.action)][2]
    done = total - states[ItemState.WAITING] - states[ItemState.REFUSED]
    return f"{done} of {counted(total)} {participle}" if done != total else f"{counted(total)} {participle}"


def latest(owner: User, *, since: datetime) -> FilterLink | None:
    """Return a link to the person's last change of many, if it is not older."""
    change = queries.latest(owner, since=since)
    if change is None:
        return None
    words = _WORDS[BulkAction(change.action)][3]
    label = f"{words} (undone)" if change.state == BulkState.UNDONE else words
    return FilterLink(label, url_for("posts_bulk.show", change_id=change.id))


def _row(item: BulkItem, editable: Collection[int]) -> BulkRow:
    is_open = item.post_id in editable
    return BulkRow(
        title=item.title,
        edit_url=url_for("posts_desk.edit", post_id=item.post_id) if is_open else None,
        state=item.state,
        label=_RESULTS[ItemState(item.state)],
        message=item.message,
    )
