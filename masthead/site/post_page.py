"""The page of a post: the text, links to other posts, and the discussion."""

from flask import render_template

from masthead.comments.forms import CommentForm
from masthead.comments.permissions import can_comment
from masthead.people.access import visitor
from masthead.posts.lifecycle import State
from masthead.posts.permissions import can_edit
from masthead.site import discussions
from masthead.site.articles import Article
from masthead.web.middleware.security_headers import allow_players

#: The banners of posts that readers cannot see.
NOTICES: dict[State, str] = {
    State.DRAFT: "This is a draft.",
    State.IN_REVIEW: "This post is in review.",
    State.SCHEDULED: "This post is scheduled.",
    State.TRASHED: "This post is in the trash.",
}


def render(
    article: Article, *, form: CommentForm | None = None, reply_to: int | None = None, page: int | None = None
) -> str:
    """Return the page of a visible post, with the submitted form, or a new one for people who may comment."""
    reader = visitor()
    if form is None and can_comment(reader, article.post):
        form = CommentForm()
    discussion = discussions.below(article, reader, can_reply=form is not None, reply_to=reply_to, page=page)
    if form is not None:
        # If the parent comment is gone, the form can still be sent, as a comment on the post.
        form.parent_id.data = str(discussion.reply_to.id) if discussion.reply_to else ""
    allow_players(article.text)
    return render_template(
        "site/post.html",
        article=article,
        notice=NOTICES.get(article.post.state),
        appears_at=article.post.published_at if article.post.state is State.SCHEDULED else None,
        can_edit=reader is not None and can_edit(reader, article.post),
        thread=discussion.html,
        comments_page=discussion.page,
        form=form,
        reply_to=discussion.reply_to,
    )
