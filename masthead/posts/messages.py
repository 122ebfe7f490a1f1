"""Messages after transitions of a post. They name its author: editors work on other people's posts, too."""

from typing import Final

from markupsafe import Markup

from masthead.people.models import User
from masthead.posts.lifecycle import State
from masthead.posts.models import Post

#: Messages by pressed button. ``{post}`` is “Your post” or “Walt’s post”.
_AFTER: Final[dict[str, str]] = {
    "submit": "{post} is with the editors.",
    "withdraw": "{post} is withdrawn. It is a draft again.",
    "publish": "{post} is published.",
    "schedule": "{post} is scheduled.",
    "unpublish": "{post} is reverted to draft.",
}
#: Messages after saving, by the state in which the post stays.
_SAVED: Final[dict[State, str]] = {
    State.DRAFT: "{draft} is saved.",
    State.IN_REVIEW: "Your changes are saved. {post} is with the editors.",
    State.SCHEDULED: "Your changes are saved. {post} is scheduled.",
    State.PUBLISHED: "{post} is updated.",
}
#: Messages about somebody else's post that differ from those to its author.
_OF_OTHERS: Final[dict[str, str]] = {
    "submit": "{post} is submitted for review.",
    "return": "{post} is sent back. It is a draft again, and {name} finds your note above it.",
}
_OTHERS_SAVED: Final[dict[State, str]] = {
    State.IN_REVIEW: "Your changes are saved. {post} is still in review.",
}


def said(action: str, post: Post, *, by: User) -> Markup:
    """Return the message to ``by`` after a pressed button; the post has its author loaded, if that is somebody else."""
    is_own = post.author_id == by.id
    after, saved = (_AFTER, _SAVED) if is_own else (_AFTER | _OF_OTHERS, _SAVED | _OTHERS_SAVED)
    sentence = after.get(action) or saved[post.state]
    name = Markup() if is_own else Markup("<bdi>{}</bdi>").format(post.author.display_name)
    whose = Markup("Your") if is_own else Markup("{}’s").format(name)
    return Markup(sentence).format(  # noqa: S704 (a sentence of this module)
        post=Markup("{} post").format(whose), draft=Markup("{} draft").format(whose), name=name
    )
