"""The front page, posts with their comments, redirects, and the set-up of a new site."""

from masthead.features import Feature
from masthead.site import preview_views, redirects, setup_views, templates, views

feature = Feature(
    name="site",
    blueprints=((views.bp, ""), (setup_views.bp, ""), (preview_views.bp, "")),
    init=(redirects.init_app, templates.init_app),
)
