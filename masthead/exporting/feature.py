"""The publication for other programs."""

from masthead.exporting.browser import admin, models, tasks
from masthead.features import Feature, NavigationItem
from masthead.people.permissions import Permission

feature = Feature(
    name="exporting",
    blueprints=((admin.bp, "/admin/export"),),
    commands={"export": "masthead.exporting.cli:group"},
    navigation=(
        NavigationItem(
            "exports_admin.index",
            "Export",
            86,
            permission=Permission.MANAGE_SETTINGS,
            purpose="Take the whole publication along, or its texts as Markdown files.",
        ),
    ),
    tasks=(tasks,),
    modules=(models,),
)
