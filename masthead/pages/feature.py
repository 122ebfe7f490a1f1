"""Pages beside the posts."""

from masthead.features import Feature, NavigationItem
from masthead.pages import admin, api, tasks, views
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
    permissions=(Permission.MANAGE_PAGES,),
)
