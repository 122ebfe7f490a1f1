"""The frame of the administration: settings, jobs, statistics, the page cache and the audit log."""

from masthead.admin import api, audit, cache, jobs, navigation, operation_api, statistics, views
from masthead.features import Feature, NavigationItem
from masthead.people.permissions import Permission

feature = Feature(
    name="admin",
    blueprints=(
        (views.bp, "/admin"),
        (views.settings_bp, "/admin/settings"),
        (audit.bp, "/admin"),
        (jobs.bp, "/admin"),
        (cache.bp, "/admin"),
        (statistics.bp, "/admin"),
    ),
    api=(
        (api.settings, "/settings"),
        (api.log, "/audit"),
        (operation_api.jobs, "/jobs"),
        (operation_api.statistics, "/statistics"),
        (operation_api.cache, "/cache"),
    ),
    navigation=(
        NavigationItem(
            "settings_admin.edit",
            "Settings",
            70,
            permission=Permission.MANAGE_SETTINGS,
            purpose="Title, colour, navigation, and which comments are held.",
        ),
        NavigationItem(
            "statistics_admin.show",
            "Statistics",
            90,
            permission=Permission.EDIT_POSTS,
            purpose="Page views and comments by day, and the top posts.",
        ),
        NavigationItem(
            "jobs_admin.index",
            "Background tasks",
            100,
            permission=Permission.MANAGE_JOBS,
            purpose="Emails and other work in the background: what is queued, and what has failed.",
        ),
        NavigationItem(
            "cache_admin.show",
            "Page cache",
            110,
            permission=Permission.MANAGE_JOBS,
            purpose="How much is kept in memory, and a button to clear it.",
        ),
        NavigationItem(
            "audit_admin.index",
            "Audit log",
            120,
            permission=Permission.READ_AUDIT,
            purpose="Who signed in, and who changed posts, permissions and settings.",
        ),
    ),
    permissions=(Permission.MANAGE_SETTINGS, Permission.MANAGE_JOBS, Permission.READ_AUDIT),
    init=(navigation.init_app,),
)
