"""The API shapes of comments."""

from datetime import datetime

from pydantic import Field

from masthead.comments.links import comment_url
from masthead.comments.models import Comment, CommentStatus
from masthead.comments.rendering import BODY_CHARACTERS
from masthead.posts.api.schemas import Author
from masthead.posts.models import Post
from masthead.web.api.paging import address
from masthead.web.api.schemas import Id, ListAnswer, Made, PageQuery, Schema, Text


class CommentAnswer(Schema):
    """A comment."""

    id: int = Field(examples=[7])
    post: str = Field(description="The slug of the post.", examples=["the-ferry"])
    parent_id: int | None = Field(description="The comment that this one answers.", examples=[None])
    body: str = Field(description="Markdown, as it was written.", examples=["I crossed there in *1998*."])
    html: str = Field(
        description="The text, sanitised.", examples=["<p>I crossed there in <em>1998</em>.</p>\n"]
    )
    status: CommentStatus = Field(examples=["approved"])
    author: Author
    created_at: Made
    edited_at: datetime | None = Field(examples=[None])
    url: str = Field(examples=["https://magazine.example/blog/post/the-ferry#comment-7"])

    @classmethod
    def of(cls, comment: Comment, post: Post) -> "CommentAnswer":
        """Return the shape of a comment below its post."""
        return cls(
            id=comment.id,
            post=post.slug,
            parent_id=comment.parent_id,
            body=comment.body,
            html=comment.html,
            status=comment.status,
            author=Author.of(comment.author),
            created_at=comment.created_at,
            edited_at=comment.edited_at,
            url=address(comment_url(comment, post)),
        )


class CommentInput(Schema):
    """A comment as its author submits it."""

    body: Text = Field(min_length=1, max_length=BODY_CHARACTERS, examples=["I crossed there in *1998*."])
    parent_id: Id | None = Field(
        default=None, description="The comment that this one answers.", examples=[None]
    )


class CommentChange(Schema):
    """The new text of a comment."""

    body: Text = Field(min_length=1, max_length=BODY_CHARACTERS, examples=["I crossed there in *1999*."])


class Comments(ListAnswer):
    """A page of comments."""

    comments: list[CommentAnswer]


class QueueQuery(PageQuery):
    """The filter of the moderation list."""

    status: CommentStatus = Field(
        default=CommentStatus.PENDING,
        description="Pending comments, if nothing is given.",
        examples=["pending"],
    )
