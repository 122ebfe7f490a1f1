"""Content policies: the options for a person's texts when their account is deleted."""

from collections.abc import Callable
from enum import StrEnum


class ContentPolicy(StrEnum):
    """The policy for posts, or for comments. `AccountClosure` stores the value."""

    KEEP = "keep"
    REASSIGN = "reassign"
    ANONYMISE = "anonymise"

    @property
    def for_comments(self) -> "ContentPolicy":
        """The matching policy for comments, which are never reassigned to another author."""
        return ContentPolicy.KEEP if self is ContentPolicy.KEEP else ContentPolicy.ANONYMISE

    @property
    def label_for_posts(self) -> str:
        """The label for posts."""
        return {
            ContentPolicy.KEEP: "They stay under your name, with your profile text beside them",
            ContentPolicy.REASSIGN: "They go to somebody else, who is named as their author",
            ContentPolicy.ANONYMISE: "They stay, and a former member is named as their author",
        }[self]

    @property
    def label_for_comments(self) -> str:
        """The label for comments."""
        return {
            ContentPolicy.KEEP: "They stay under your name",
            ContentPolicy.REASSIGN: "They go to somebody else",
            ContentPolicy.ANONYMISE: "They stay, and a former member is named as their author",
        }[self]

    @property
    def label_for_content(self) -> str:
        """The label for posts and comments together, on the form of administrators."""
        return {
            ContentPolicy.KEEP: "Posts and comments stay under the name, which becomes a byline without an account",
            ContentPolicy.REASSIGN: "Posts go to somebody else; a former member is named as the author of the comments",
            ContentPolicy.ANONYMISE: "Posts and comments stay, and a former member is named as their author",
        }[self]


def _labelled(label: Callable[[ContentPolicy], str]) -> Callable[[str], str]:
    """Make a function that labels the value of a field; unknown values stay as they are."""
    return lambda value: label(ContentPolicy(value)) if value in set(ContentPolicy) else value


#: Field of a form → its label, and the function that makes its value readable (`masthead.login.action_labels`).
FIELD_LABELS: dict[str, tuple[str, Callable[[str], str]]] = {
    "posts": ("Your posts", _labelled(lambda policy: policy.label_for_posts)),
    "comments": ("Your comments", _labelled(lambda policy: policy.label_for_comments)),
    "content": ("Posts and comments", _labelled(lambda policy: policy.label_for_content)),
}
