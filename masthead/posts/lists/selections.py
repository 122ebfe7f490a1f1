"""Published posts with a tag or a credited person: their number, and the fastest way to the newest."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import InstrumentedAttribute

from masthead.db import db
from masthead.people import queries as accounts
from masthead.people.models import User
from masthead.posts.lists import counts
from masthead.posts.models import Post, PostByline, PostTag
from masthead.tags.models import Tag

#: About the length of a page of a list.
POSTS_OF_A_PAGE = 20
#: Sorting this number takes no measurable time.
FEW_POSTS = 200


@dataclass(frozen=True, slots=True)
class Selection:
    """The posts linked by rows of another table."""

    name: str
    post_id: InstrumentedAttribute[int]
    is_row: ColumnElement[bool]

    def count(self) -> int:
        """The number of these that readers can see; memoized until a post changes."""
        return counts.memoized(self.name, self._number)

    def _number(self) -> ColumnElement[int]:
        rows = select(func.count()).select_from(self.post_id.class_).where(self.is_row)
        unseen = rows.where(self.post_id.in_(counts.hidden()))
        return rows.scalar_subquery() - unseen.scalar_subquery()

    def holds(self, *, count: int | None = None) -> ColumnElement[bool]:
        """Return the condition for a list whose order has an index; ``count`` if it is known."""
        rows = select(self.post_id).where(self.is_row)
        if count is not None and count > FEW_POSTS and count**2 > POSTS_OF_A_PAGE * counts.published():
            # With that many matches, walking down the newest posts is less work than sorting the selection.
            return rows.where(self.post_id == Post.id).correlate(Post).exists()
        return Post.id.in_(rows)


#: The empty selection. One name for every missing tag or person, so that requests cannot fill the memory.
NOTHING = Selection("of nothing", PostTag.post_id, false())


def about(tag: Tag) -> Selection:
    """Return the selection of posts with a tag."""
    return Selection(f"with tag {tag.id}", PostTag.post_id, PostTag.tag_id == tag.id)


def about_tag_at(slug: str) -> Selection:
    """Return the selection of posts with the tag at a slug, if there is one."""
    tag = db.session.scalar(select(Tag).where(Tag.slug == slug))
    return about(tag) if tag is not None else NOTHING


def by(user: User) -> Selection:
    """Return the selection of posts that credit a person."""
    return Selection(f"by {user.id}", PostByline.post_id, PostByline.user_id == user.id)


def by_username(username: str) -> Selection:
    """Return the selection of posts that credit a user name, if there is one."""
    user = accounts.by_username(username)
    return by(user) if user is not None else NOTHING
