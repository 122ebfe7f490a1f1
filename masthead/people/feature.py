"""Accounts, roles and permissions."""

from masthead.features import Feature
from masthead.people import email_views, reauthentication
from masthead.people.permissions import Permission

feature = Feature(
    name="people",
    blueprints=((email_views.bp, "/auth"),),
    permissions=(Permission.MANAGE_USERS, Permission.MANAGE_ROLES),
    init=(reauthentication.init_app,),
)
