"""Helpers for the tests of comments."""

from typing import Any

from werkzeug.test import TestResponse

from masthead.posts.models import Post
from tests.support.documents import Document
from tests.support.visitors import Visitor


def address(post: Post) -> str:
    """The path of a post."""
    return f"/blog/post/{post.slug}"


def token_of(visitor: Visitor) -> str:
    """A form token that is valid for somebody who has signed in."""
    token = visitor.read("/").value_of("csrf_token")
    assert token is not None
    return token


def send(visitor: Visitor, post: Post, **fields: object) -> TestResponse:
    """Send a comment with a valid token, whether or not the page offers the form."""
    return visitor.post(f"{address(post)}/comment", data={"csrf_token": token_of(visitor), **fields})


def decide(visitor: Visitor, comment_id: int, step: str, **args: Any) -> TestResponse:
    """Press a moderator's button, whether or not a page offers it."""
    path = f"/admin/comments/{comment_id}/{step}"
    return visitor.post(path, query_string=args, data={"csrf_token": token_of(visitor)})


def outline(page: Document) -> list[Any]:
    """The ids of a page's comments as a tree: ``[(1, [(2, [])])]``."""

    def below(element: Any) -> list[Any]:
        return [
            (int(item.xpath("./article/@id")[0].removeprefix("comment-")), below(item))
            for item in element.xpath("./ol/li")
        ]

    return below(page.all("//section[@id='comments']")[0])
