"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from typing import Any

from masthead.feeds.feed import Feed, FeedAuthor, FeedEntry

FILE = "feed.json"
MEDIA_TYPE = "application/feed+json"
VERSION = "https://jsonfeed.org/version/1.1"


def render(feed: Feed) -> bytes:
    """Return the feed as a JSON document."""
    members = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.home_url,
        "feed_url": feed.addresses[FILE],
        "description": feed.description or None,
        "icon": feed.icon_url,
        "favicon": feed.icon_url,
        "language": feed.language,
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(_given(members), ensure_ascii=False, separators=(",", ":")).encode()


def _item(entry: FeedEntry) -> dict[str, Any]:
    return _given(
        {
            "id": entry.id,
            "url": entry.url,
            "title": entry.title,
            "content_html": entry.html,
            "summary": entry.summary or None,
            "image": entry.image,
            "date_published": entry.published.isoformat(),
            "date_modified": entry.updated.isoformat(),
            "authors": [_person(person) for person in entry.authors],
            "tags": list(entry.tags) or None,
            "language": entry.language,
        }
    )


def _person(person: FeedAuthor) -> dict[str, Any]:
    return _given({"name": person.name, "url": person.url or None})


def _given(members: dict[str, Any]) -> dict[str, Any]:
    """Return the members that have a value: the format has no null."""
    return {name: value for name, value in members.items() if value is not None}
