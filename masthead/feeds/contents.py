"""Builds feeds of posts and of comments."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from typing import Any

from flask import current_app, url_for
from sqlalchemy import Select

from masthead.comments.links import comment_url
from masthead.comments.models import Comment
from masthead.db import db
from masthead.embeds import display
from masthead.feeds import atom, identity, json_feed, lengths, queries, rss
from masthead.feeds.feed import Feed, FeedAuthor, FeedEntry
from masthead.people.models import User
from masthead.posts import summaries
from masthead.posts.links import author_url, post_url
from masthead.posts.models import Post
from masthead.posts.summaries import CreditedPerson, PostSummary
from masthead.settings.queries import publication
from masthead.tags.links import tag_url
from masthead.tags.models import Tag
from masthead.text.absolute import absolute, absolute_links
from masthead.web.middleware.static_files import asset_url

#: The date of an empty feed; the formats require one.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
#: Feed readers do not show SVG.
ICON = "icon.png"
FILES = (atom.FILE, rss.FILE, json_feed.FILE)


def of_site() -> Feed:
    """Return the feed of the publication's newest posts."""
    frame = _frame(
        f"{identity.origin()}/",
        title=publication().title,
        description=publication().description or publication().tagline,
        home=url_for("site.home"),
        addresses=_addresses("feeds.site"),
        since=NEVER,
    )
    return _filled(frame, queries.newest_posts())


def of_tag(tag: Tag, count: int) -> Feed:
    """Return the feed of the newest posts with a tag, given their number."""
    frame = _frame(
        _tag_uri(tag.created_at, f"tag/{tag.id}"),
        title=f"{tag.name} · {publication().title}",
        description=tag.description,
        home=tag_url(tag),
        addresses=_addresses("feeds.tag", slug=tag.slug),
        since=tag.updated_at,
    )
    return _filled(frame, queries.newest_about(tag, count))


def of_author(author: User, count: int) -> Feed:
    """Return the feed of the newest posts that credit a person, given their number."""
    frame = _frame(
        _tag_uri(author.created_at, f"author/{author.id}"),
        title=f"{author.display_name} · {publication().title}",
        description=author.bio,
        home=author_url(author),
        addresses=_addresses("feeds.author", username=author.username),
        since=author.updated_at,
    )
    return _filled(frame, queries.newest_by(author, count))


def _frame(
    identity: str, *, title: str, description: str, home: str, addresses: dict[str, str], since: datetime
) -> Feed:
    """Return a feed without entries."""
    return Feed(
        id=identity,
        title=title,
        description=description,
        home_url=_absolute(home),
        icon_url=absolute(asset_url(ICON), current_app.config["SITE_URL"]),
        language=publication().language,
        addresses=addresses,
        updated=since,
        changed=since,
        entries=(),
    )


def _filled(frame: Feed, statement: Select[Post]) -> Feed:
    posts = summaries.load_with_html(statement)
    whole = lengths.that_fit(html for _, html in posts)
    texts = display.for_feeds(
        html if is_whole else "" for (_, html), is_whole in zip(posts, whole, strict=True)
    )
    entries = tuple(
        _entry_of_post(
            post, absolute_links(text, _absolute(post_url(post))) if is_whole else _beginning(post, html)
        )
        for (post, html), text, is_whole in zip(posts, texts, whole, strict=True)
    )
    changed = [
        queries.last_change_of_posts() or NEVER,
        frame.changed,
        *(entry.published for entry in entries),
    ]
    return replace(
        frame,
        updated=max((entry.updated for entry in entries), default=frame.updated),
        changed=max(changed),
        entries=entries,
    )


def of_comments(post: Post) -> Feed:
    """Return the feed of the newest comments below a post."""
    comments = db.session.scalars(queries.newest_comments(post)).all()
    began = post.published_at or post.created_at
    frame = _frame(
        _tag_uri(post.created_at, f"post/{post.id}/comments"),
        title=f"Comments on “{post.title}” · {publication().title}",
        description=post.standfirst,
        home=post_url(post),
        addresses=_addresses("feeds.comments", slug=post.slug),
        since=began,
    )
    return replace(
        frame,
        updated=max((comment.edited_at or comment.created_at for comment in comments), default=began),
        changed=max(post.updated_at, began, queries.last_change_of_comments(post) or began),
        entries=tuple(_entry_of_comment(comment, post) for comment in comments),
    )


def _beginning(post: PostSummary, html: str) -> str:
    return lengths.shortened(html, _absolute(post_url(post)))


def _entry_of_post(post: PostSummary, text: str) -> FeedEntry:
    address = _absolute(post_url(post))
    published = post.published_at or post.created_at
    return FeedEntry(
        id=_tag_uri(post.created_at, f"post/{post.id}"),
        url=address,
        title=post.title,
        html=_lead(post, address) + text,
        summary=post.standfirst,
        published=published,
        # A scheduled post appears later than its last change.
        updated=max(post.updated_at, published),
        authors=_people(post.bylines or (post.author,)),
        tags=tuple(tag.name for tag in post.tags),
        image=absolute(post.lead_image, address) if post.lead_image else None,
        language=post.language,
        comments_url=f"{address}#comments",
        comment_feeds=_addresses("feeds.comments", slug=post.slug),
    )


def _entry_of_comment(comment: Comment, post: Post) -> FeedEntry:
    page = _absolute(post_url(post))
    return FeedEntry(
        id=_tag_uri(comment.created_at, f"comment/{comment.id}"),
        url=_absolute(comment_url(comment, post)),
        title=f"{comment.author.display_name} on “{post.title}”",
        html=absolute_links(comment.html, page),
        summary="",
        published=comment.created_at,
        updated=comment.edited_at or comment.created_at,
        # Who only comments has no page.
        authors=(FeedAuthor(comment.author.display_name, ""),),
    )


def _lead(post: PostSummary, address: str) -> str:
    """Return the lead image, which is not part of the text."""
    if not post.lead_image:
        return ""
    source = escape(absolute(post.lead_image, address))
    caption = f"<figcaption>{escape(post.lead_caption)}</figcaption>" if post.lead_caption else ""
    return f'<figure><img src="{source}" alt="{escape(post.lead_alt)}">{caption}</figure>\n'


def _people(users: Iterable[User | CreditedPerson]) -> tuple[FeedAuthor, ...]:
    return tuple(FeedAuthor(user.display_name, _absolute(author_url(user))) for user in users)


def _addresses(endpoint: str, **values: Any) -> dict[str, str]:
    return {file: _absolute(url_for(endpoint, file=file, **values)) for file in FILES}


def _absolute(path: str) -> str:
    return f"{current_app.config['SITE_URL']}{path}"


def _tag_uri(since: datetime, name: str) -> str:
    """Return a tag URI (RFC 4151), which stays the same when the address, port or scheme changes."""
    return f"tag:{identity.authority()},{since:%Y-%m-%d}:{name}"
