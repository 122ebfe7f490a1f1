"""Pages beside the posts."""

from masthead.features import Feature, NavigationItem
from masthead.media.signals import describe_uses
from masthead.pages import admin, api, receivers, tasks, views
from masthead.people.permissions import Permission

feature = Feature(
    name="pages",
    blueprints=((views.bp, ""), (admin.bp, "/admin/pages")),
    api=((api.bp, "/pages"),),
    navigation=(
        NavigationItem(
            "pages_admin.index",
            "Pages",
            30,
            permission=Permission.MANAGE_PAGES,
            purpose="Content beside the posts, such as “About”.",
        ),
    ),
    tasks=(tasks,),
    receivers=((describe_uses, receivers.describe_uses_in_pages),),
    permissions=(Permission.MANAGE_PAGES,),
)
