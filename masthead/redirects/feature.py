"""Redirects from old paths."""

from masthead.features import Feature, NavigationItem
from masthead.people.permissions import Permission
from masthead.redirects import admin, api

feature = Feature(
    name="redirects",
    blueprints=((admin.bp, "/admin/redirects"),),
    api=((api.bp, "/redirects"),),
    commands={"redirect": "masthead.redirects.cli:group"},
    navigation=(
        NavigationItem(
            "redirects_admin.index",
            "Redirects",
            80,
            permission=Permission.MANAGE_SETTINGS,
            purpose="Old URLs that lead elsewhere.",
        ),
    ),
)
