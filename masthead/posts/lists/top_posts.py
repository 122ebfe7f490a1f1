"""The ranking of the most read posts, for the statistics and for the dashboard."""

from dataclasses import dataclass
from datetime import date

from flask import url_for

from masthead.people.models import User
from masthead.posts.lists import daily_views


@dataclass(frozen=True, slots=True)
class TopPost:
    """A post of the ranking, with its views relative to the first one."""

    title: str
    url: str
    views: int
    share: float


def top_posts(since: date, *, limit: int, owner: User | None = None) -> list[TopPost]:
    """Return the most read posts since a day, of one owner or of everybody."""
    read = daily_views.most_read(since, limit=limit, owner=owner)
    most = max((views for *_, views in read), default=0)
    return [
        TopPost(title, url_for("site.post", slug=slug), views, round(100 * views / most, 1))
        for title, slug, views in read
    ]
