"""Tags, the subjects of posts."""

from masthead.features import Feature, NavigationItem
from masthead.people.permissions import Permission
from masthead.tags import admin, api

feature = Feature(
    name="tags",
    blueprints=((admin.bp, "/admin/tags"),),
    api=((api.bp, "/tags"),),
    navigation=(
        NavigationItem(
            "tags_admin.index",
            "Tags",
            40,
            permission=Permission.MANAGE_TAGS,
            purpose="Name and describe what posts are about, and merge tags.",
        ),
    ),
    permissions=(Permission.MANAGE_TAGS,),
)
