"""What can become of somebody's texts when their account is deleted."""

from enum import StrEnum


class Fate(StrEnum):
    """What becomes of posts, or of comments. The value is stored with the wish."""

    KEEP = "keep"
    REASSIGN = "reassign"
    ANONYMISE = "anonymise"

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
