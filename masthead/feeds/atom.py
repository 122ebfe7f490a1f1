"""Atom 1.0 (RFC 4287), with links to the comments of each post (RFC 4685)."""

from xml.etree.ElementTree import Element

from masthead.feeds import elements
from masthead.feeds.feed import Feed, FeedAuthor, FeedEntry

FILE = "feed.xml"
MEDIA_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"


def render(feed: Feed) -> bytes:
    """Return the feed as an Atom document."""
    root = elements.root("feed", {"xmlns": NAMESPACE, "xml:lang": feed.language})
    elements.add(root, "id", feed.id)
    elements.add(root, "title", feed.title)
    if feed.description:
        elements.add(root, "subtitle", feed.description)
    elements.add(root, "updated", feed.updated.isoformat())
    elements.add(root, "link", attributes={"rel": "self", "type": MEDIA_TYPE, "href": feed.addresses[FILE]})
    elements.add(root, "link", attributes={"rel": "alternate", "type": "text/html", "href": feed.home_url})
    elements.add(root, "generator", "Masthead")
    elements.add(root, "icon", feed.icon_url)
    elements.add(root, "logo", feed.icon_url)
    for entry in feed.entries:
        _add_entry(root, entry)
    return elements.document(root)


def _add_entry(root: Element, entry: FeedEntry) -> None:
    element = elements.add(root, "entry", attributes={"xml:lang": entry.language} if entry.language else None)
    elements.add(element, "id", entry.id)
    elements.add(element, "title", entry.title)
    elements.add(element, "link", attributes={"rel": "alternate", "type": "text/html", "href": entry.url})
    if entry.comment_feeds:
        replies = {"rel": "replies", "type": MEDIA_TYPE, "href": entry.comment_feeds[FILE]}
        elements.add(element, "link", attributes=replies)
    elements.add(element, "published", entry.published.isoformat())
    elements.add(element, "updated", entry.updated.isoformat())
    for person in entry.authors:
        _add_author(element, person)
    for tag in entry.tags:
        elements.add(element, "category", attributes={"term": tag})
    if entry.summary:
        elements.add(element, "summary", entry.summary)
    elements.add(element, "content", entry.html, {"type": "html"})


def _add_author(element: Element, person: FeedAuthor) -> None:
    author = elements.add(element, "author")
    elements.add(author, "name", person.name)
    if person.url:
        elements.add(author, "uri", person.url)
