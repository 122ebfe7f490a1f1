"""The published posts with a tag, and those that credit somebody: how many there are, and the quickest way to the newest."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import InstrumentedAttribute

from masthead.db import db
from masthead.people import queries as accounts
from masthead.people.models import User
from masthead.posts.lists import counts
from masthead.posts.models import Post, PostByline, PostTag
from masthead.tags.models import Tag

#: Of a list: about so many are shown at once.
POSTS_OF_A_PAGE = 20
#: So many are sorted in no time.
FEW_POSTS = 200


@dataclass(frozen=True, slots=True)
class Selection:
    """The posts to which rows of another table lead."""

    name: str
    post_id: InstrumentedAttribute[int]
    is_row: ColumnElement[bool]

    def count(self) -> int:
        """How many of them readers can see; remembered until a post changes."""
        return counts.memoized(self.name, self._number)

    def _number(self) -> ColumnElement[int]:
        rows = select(func.count()).select_from(self.post_id.class_).where(self.is_row)
        unseen = rows.where(self.post_id.in_(counts.hidden()))
        return rows.scalar_subquery() - unseen.scalar_subquery()

    def holds(self, *, count: int | None = None) -> ColumnElement[bool]:
        """Whether a post is one of them, for a list in an order that an index has; ``count`` if it is known."""
        rows = select(self.post_id).where(self.is_row)
        if count is not None and count > FEW_POSTS and count**2 > POSTS_OF_A_PAGE * counts.published():
            # With that many it is less work to walk down the newest posts than to sort all of the selection.
            return rows.where(self.post_id == Post.id).correlate(Post).exists()
        return Post.id.in_(rows)


#: No posts at all. One name for everything that is not there: what people ask for must not fill the memory.
NOTHING = Selection("of nothing", PostTag.post_id, false())


def about(tag: Tag) -> Selection:
    """The posts with a tag."""
    return Selection(f"with tag {tag.id}", PostTag.post_id, PostTag.tag_id == tag.id)


def about_tag_at(slug: str) -> Selection:
    """The same for the tag at an address, if there is one."""
    tag = db.session.scalar(select(Tag).where(Tag.slug == slug))
    return about(tag) if tag is not None else NOTHING


def by(user: User) -> Selection:
    """The posts that credit somebody."""
    return Selection(f"by {user.id}", PostByline.post_id, PostByline.user_id == user.id)


def by_username(username: str) -> Selection:
    """The same for who has this name, if somebody does."""
    user = accounts.by_username(username)
    return by(user) if user is not None else NOTHING
