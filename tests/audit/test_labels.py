"""Whatever the code records has words on the page of the log."""

import ast

import pytest

from masthead.audit import labels
from masthead.comments import actions as comments
from masthead.posts import actions as posts
from tests.architecture.source import PACKAGE


def recorded():
    """Each action that is written down in the code as the first argument of `audit.record`, or of a function that passes it on."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "record"
            if is_call and node.args and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


PAGE_EVENTS = ("created", "edited", "published", "unpublished", "trashed", "restored", "purged")
ACTIONS = sorted(
    {*recorded(), "factor.added", "factor.removed", "recovery_codes.made"}
    | {f"post.{event}" for event in (*posts.AUDIT_EVENTS.values(), "created", "edited", "scheduled")}
    | {f"page.{event}" for event in PAGE_EVENTS}
    | {f"comment.{event}" for event in comments.AUDIT_EVENTS.values()}
)


def test_actions_are_found():
    assert len(ACTIONS) > 40


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_has_a_label(action):
    assert action in labels.ACTIONS


def test_labels_differ_and_begin_with_a_capital():
    found = list(labels.ACTIONS.values())
    assert len(set(found)) == len(found)
    assert all(label[0].isupper() and "_" not in label for label in found)


def test_an_unknown_action_is_shown_as_it_is():
    assert labels.of_action("weather.changed") == "weather.changed"
    assert labels.of_detail("some_thing") == "Some thing"
