"""The page of a post: the text, where to go on from it, and the discussion below."""

from typing import NamedTuple

from flask import render_template, url_for

from masthead import clock
from masthead.accounts.access import visitor
from masthead.comments import queries as comments
from masthead.comments import thread
from masthead.comments.forms import CommentForm
from masthead.comments.permissions import can_comment
from masthead.db import db
from masthead.posts import queries as posts
from masthead.posts.models import Post
from masthead.posts.permissions import can_edit

RELATED_POSTS = 3


class Link(NamedTuple):
    """A post to go on to."""

    title: str
    url: str


class Neighbours(NamedTuple):
    """Where to go on from a post."""

    previous: Link | None
    next: Link | None
    related: list[Link]


def render(post: Post, *, form: CommentForm | None = None, reply_to: int | None = None) -> str:
    """The page of a post that the visitor can see, with the form that was sent, or a fresh one for those who may comment."""
    reader = visitor()
    if form is None and can_comment(reader, post):
        form = CommentForm()
    rows = db.session.execute(comments.below(post, reader))
    nodes = thread.build(rows, reader=reader, at=clock.now())
    target = thread.find(nodes, reply_to) if reply_to else None
    if form is not None:
        # An answer to what is not there any more can still be sent, as a comment on the post.
        form.parent_id.data = str(target.id) if target else ""
    return render_template(
        "site/post.html",
        post=post,
        can_edit=reader is not None and can_edit(reader, post),
        neighbours=_neighbours(post),
        thread=nodes,
        form=form,
        reply_to=target,
    )


def _neighbours(post: Post) -> Neighbours:
    links: dict[str, list[Link]] = {"previous": [], "next": [], "related": []}
    if post.is_published:
        for relation, title, slug in posts.neighbours(post, related=RELATED_POSTS):
            links[relation].append(Link(title, url_for("site.post", slug=slug)))
    return Neighbours(next(iter(links["previous"]), None), next(iter(links["next"]), None), links["related"])
