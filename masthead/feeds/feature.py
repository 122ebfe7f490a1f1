"""Feeds, site maps and robots.txt."""

from masthead.features import Feature
from masthead.feeds import discovery_views, views

feature = Feature(
    name="feeds",
    blueprints=((views.bp, ""), (discovery_views.bp, "")),
)
