"""RSS 2.0 (https://www.rssboard.org/rss-specification), with full text, names of authors and pictures by the usual modules."""

from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree.ElementTree import Element

from masthead.feeds import elements
from masthead.feeds.feed import Feed, FeedEntry

FILE = "rss.xml"
MEDIA_TYPE = "application/rss+xml"
NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": "http://search.yahoo.com/mrss/",
    "xmlns:wfw": "http://wellformedweb.org/CommentAPI/",
}


def render(feed: Feed) -> bytes:
    """Return the feed as an RSS document."""
    root = elements.root("rss", {"version": "2.0", **NAMESPACES})
    channel = elements.add(root, "channel")
    elements.add(channel, "title", feed.title)
    elements.add(channel, "link", feed.home_url)
    # The element is required, and may not be empty.
    elements.add(channel, "description", feed.description or feed.title)
    elements.add(channel, "language", feed.language)
    elements.add(channel, "lastBuildDate", _date(feed.updated))
    elements.add(channel, "generator", "Masthead")
    image = elements.add(channel, "image")
    elements.add(image, "url", feed.icon_url)
    elements.add(image, "title", feed.title)
    elements.add(image, "link", feed.home_url)
    itself = {"rel": "self", "type": MEDIA_TYPE, "href": feed.addresses[FILE]}
    elements.add(channel, "atom:link", attributes=itself)
    for entry in feed.entries:
        _add_item(channel, entry)
    return elements.document(root)


def _add_item(channel: Element, entry: FeedEntry) -> None:
    item = elements.add(channel, "item")
    elements.add(item, "title", entry.title)
    elements.add(item, "link", entry.url)
    elements.add(item, "guid", entry.id, {"isPermaLink": "false"})
    elements.add(item, "pubDate", _date(entry.published))
    for person in entry.authors:
        # The specification's <author> requires an email address, which stays private.
        elements.add(item, "dc:creator", person.name)
    for tag in entry.tags:
        elements.add(item, "category", tag)
    if entry.comments_url and entry.comment_feeds:
        elements.add(item, "comments", entry.comments_url)
        elements.add(item, "wfw:commentRss", entry.comment_feeds[FILE])
    if entry.image:
        elements.add(item, "media:content", attributes={"url": entry.image, "medium": "image"})
    if entry.summary:
        elements.add(item, "description", entry.summary)
    elements.add(item, "content:encoded", entry.html)


def _date(moment: datetime) -> str:
    """``Sat, 21 Nov 2026 14:05:00 GMT`` (RFC 822, with four digits for the year)."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
