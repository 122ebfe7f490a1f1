"""The search API."""

from flask import Blueprint
from pydantic import Field

from masthead.posts.api.schemas import Author
from masthead.search import queries
from masthead.search.queries import Hit
from masthead.search.wording import LONGEST_CHARACTERS, understood
from masthead.settings.queries import zone
from masthead.web.access import public
from masthead.web.api.operations import Answer, operation
from masthead.web.api.paging import address, listed
from masthead.web.api.schemas import ListAnswer, PageQuery, Schema, Text
from masthead.web.limits import throttling

bp = Blueprint("search_api", __name__)


class SearchQuery(PageQuery):
    """The search terms and the page."""

    q: Text = Field(
        min_length=1,
        max_length=LONGEST_CHARACTERS,
        description='Words, "phrases", -words, the beginning of the last word, author:, tag:, before: and after: (dates as 2026-11-21).',
        examples=["ferry author:ada"],
    )


class Found(Schema):
    """A matching post with its passage."""

    slug: str = Field(examples=["the-ferry"])
    title: str = Field(description="HTML, with the words in `mark`.", examples=["The <mark>ferry</mark>"])
    passage: str = Field(
        description="HTML, with the words in `mark`.", examples=["The <mark>ferry</mark> has no engine."]
    )
    authors: list[Author] = Field(description="Those who are named above it.")
    url: str = Field(examples=["https://magazine.example/blog/post/the-ferry"])

    @classmethod
    def of(cls, hit: Hit) -> "Found":
        """Return the shape of a hit."""
        return cls(
            slug=hit.post.slug,
            title=str(hit.title),
            passage=str(hit.passage),
            authors=[Author.of(user) for user in hit.post.bylines],
            url=address(f"/blog/post/{hit.post.slug}"),
        )


class Results(ListAnswer):
    """A page of matching posts, best first."""

    results: list[Found]
    near: list[str] = Field(
        default=[],
        description="If nothing is found: searches with near words, which find something.",
        examples=[[]],
    )


@bp.get("")
@public
@operation("Search posts", tag="posts", query=SearchQuery, answer=Results, problems=(404, 429))
def find(query: SearchQuery) -> Answer:
    """Published posts that match the search, best first."""
    throttling.count("search", throttling.caller())
    wanted = understood(query.q, zone=zone)
    page = queries.search(wanted, page=query.page, per_page=query.per_page)
    near = [] if page.total else queries.near_words(query.q, wanted)
    return listed(Results, page, results=[Found.of(hit) for hit in page.items], near=near)
