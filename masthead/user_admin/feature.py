"""The administration of people, invitations and roles."""

from masthead.features import Feature, NavigationItem
from masthead.people.permissions import Permission
from masthead.user_admin import (
    admin,
    api,
    credentials_admin,
    invitation_admin,
    invitation_views,
    roles_admin,
    roles_api,
)

feature = Feature(
    name="user_admin",
    blueprints=(
        (invitation_views.bp, "/auth"),
        (credentials_admin.bp, "/admin"),
        (invitation_admin.bp, "/admin/users/invitations"),
        (roles_admin.bp, "/admin/roles"),
        (admin.bp, "/admin/users"),
    ),
    api=((api.bp, "/users"), (roles_api.bp, "/roles")),
    commands={"user": "masthead.user_admin.cli:group"},
    navigation=(
        NavigationItem(
            "user_admin.index",
            "People",
            50,
            permission=Permission.MANAGE_USERS,
            purpose="Invite, find and help people, change their role, and disable accounts.",
        ),
        NavigationItem(
            "roles_admin.index",
            "Roles",
            60,
            permission=Permission.MANAGE_ROLES,
            purpose="The permissions of each role, and custom roles.",
        ),
    ),
)
