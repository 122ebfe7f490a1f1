"""The navigation of the administration, assembled from the declarations of the features."""

from flask import Flask
from flask_login import AnonymousUserMixin

from masthead.features import NavigationItem, navigation_of
from masthead.people.models import User
from masthead.people.permissions import OPENS_ADMINISTRATION, Permission

_OVERVIEW = NavigationItem("admin.overview", "Administration", 0)


def init_app(app: Flask) -> None:
    """Register the navigation with the templates."""
    app.jinja_env.globals |= {"places_of": places_of, "writing_places_of": writing_places_of}


def places_of(user: User) -> list[NavigationItem]:
    """Return every page that the person may open, in navigation order."""
    overview = [_OVERVIEW] if any(map(user.can, OPENS_ADMINISTRATION)) else []
    return [
        *navigation_of("work", user),
        *overview,
        *administration_of(user),
        *navigation_of("account", user),
    ]


def writing_places_of(user: User | AnonymousUserMixin) -> list[NavigationItem]:
    """Return the links on every page that start a new text; empty without the right to write."""
    if not isinstance(user, User) or not user.can(Permission.WRITE):
        return []
    return [item for item in navigation_of("work", user) if item.starts_text]


def administration_of(user: User) -> list[NavigationItem]:
    """Return the sections of the administration that the person may use."""
    return list(navigation_of("administration", user))
