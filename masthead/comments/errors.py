"""The errors of comments."""

from masthead.comments.permissions import EDIT_WINDOW
from masthead.errors import Conflict, Invalid, NotAllowed


class CommentsClosed(Conflict):
    """The post takes no comments: its authors closed them, or it is not public."""

    def __init__(self) -> None:
        super().__init__(
            "This post takes no comments at the moment. Your text was not sent; copy it if you need it."
        )


class ParentGone(Invalid):
    """The parent comment is not below this post, or the person cannot read it."""

    def __init__(self) -> None:
        super().__init__(
            "The comment that you answer is no longer here. Send your text again to put it below the post itself.",
            field="parent_id",
        )


class EditWindowClosed(NotAllowed):
    """The time in which authors can change their comments is over."""

    def __init__(self) -> None:
        minutes = int(EDIT_WINDOW.total_seconds()) // 60
        super().__init__(
            f"A comment can be changed for {minutes} minutes after it was sent. You can delete it, or answer it."
        )
