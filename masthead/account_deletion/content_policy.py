"""What can become of somebody's texts when their account is deleted."""

from collections.abc import Callable
from enum import StrEnum


class Fate(StrEnum):
    """What becomes of posts, or of comments. The value is stored with the wish."""

    KEEP = "keep"
    REASSIGN = "reassign"
    ANONYMISE = "anonymise"

    @property
    def of_comments(self) -> "Fate":
        """The fate of the comments of whose posts have this one: nobody answers for another person's remarks."""
        return Fate.KEEP if self is Fate.KEEP else Fate.ANONYMISE

    @property
    def sentence_on_posts(self) -> str:
        """The choice as the form words it."""
        return {
            Fate.KEEP: "They stay under your name, with what you say about yourself beside them",
            Fate.REASSIGN: "They go to somebody else, who is named as their author",
            Fate.ANONYMISE: "They stay, and a former member is named as their author",
        }[self]

    @property
    def sentence_on_comments(self) -> str:
        """The choice as the form words it."""
        return {
            Fate.KEEP: "They stay under your name",
            Fate.REASSIGN: "They go to somebody else",
            Fate.ANONYMISE: "They stay, and a former member is named as their author",
        }[self]

    @property
    def sentence_on_content(self) -> str:
        """The choice as an administrator's form words it, of posts and comments together."""
        return {
            Fate.KEEP: "Posts and comments stay under the name, which becomes a byline without an account",
            Fate.REASSIGN: "Posts go to somebody else; a former member is named as the author of the comments",
            Fate.ANONYMISE: "Posts and comments stay, and a former member is named as their author",
        }[self]


def _labelled(label: Callable[[Fate], str]) -> Callable[[str], str]:
    """Make the label of a policy from the value of a field; an unknown value stays as it is."""
    return lambda value: label(Fate(value)) if value in set(Fate) else value


#: Field of a form → its label, and the function that makes its value readable (`masthead.login.action_labels`).
FIELD_LABELS: dict[str, tuple[str, Callable[[str], str]]] = {
    "posts": ("Your posts", _labelled(lambda policy: policy.sentence_on_posts)),
    "comments": ("Your comments", _labelled(lambda policy: policy.sentence_on_comments)),
    "content": ("Posts and comments", _labelled(lambda policy: policy.sentence_on_content)),
}
