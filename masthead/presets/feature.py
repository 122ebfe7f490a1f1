"""Post templates and snippets."""

from masthead.features import Feature, NavigationItem
from masthead.media.signals import describe_uses
from masthead.people.permissions import Permission
from masthead.presets import receivers, views
from masthead.presets.admin import post_templates, snippets
from masthead.presets.api import post_templates as post_templates_api
from masthead.presets.api import snippets as snippets_api

feature = Feature(
    name="presets",
    blueprints=(
        (views.bp, "/blog"),
        (post_templates.bp, "/admin/templates"),
        (snippets.bp, "/admin/snippets"),
    ),
    api=((post_templates_api.bp, "/templates"), (snippets_api.bp, "/snippets")),
    receivers=((describe_uses, receivers.describe_uses_in_presets),),
    navigation=(
        NavigationItem(
            "post_templates_admin.index",
            "Post templates",
            42,
            permission=Permission.EDIT_POSTS,
            purpose="Title, content and tags with which new posts begin.",
        ),
        NavigationItem(
            "snippets_admin.index",
            "Snippets",
            44,
            permission=Permission.EDIT_POSTS,
            purpose="Pieces of text that writers insert into their posts.",
        ),
    ),
)
