"""Texts from elsewhere."""

from masthead.features import Feature, NavigationItem
from masthead.importing import models
from masthead.importing.browser import admin, tasks
from masthead.importing.browser import models as browser_models
from masthead.people.permissions import Permission

feature = Feature(
    name="importing",
    blueprints=((admin.bp, "/admin/import"),),
    commands={"import": "masthead.importing.cli:group"},
    navigation=(
        NavigationItem(
            "imports_admin.index",
            "Import",
            85,
            permission=Permission.MANAGE_SETTINGS,
            purpose="Bring in a site from WordPress, Ghost, Substack, Medium, Markdown files or another Masthead.",
        ),
    ),
    tasks=(tasks,),
    modules=(models, browser_models),
)
