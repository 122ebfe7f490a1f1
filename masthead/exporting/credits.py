"""The people whom other programs show as authors."""

from masthead.people.models import User
from masthead.posts.models import Post


def credited(post: Post) -> list[User]:
    """The authors that readers see."""
    return post.bylines or [post.author]
