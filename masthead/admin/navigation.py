"""The navigation of the people who run the publication, put together from what the features declare."""

from flask import Flask
from flask_login import AnonymousUserMixin

from masthead.features import NavigationItem, navigation_of
from masthead.people.models import User
from masthead.people.permissions import OPENS_ADMINISTRATION, Permission

_OVERVIEW = NavigationItem("admin.overview", "Administration", 0)


def init_app(app: Flask) -> None:
    """Give the templates their navigation."""
    app.jinja_env.globals |= {"places_of": places_of, "writing_places_of": writing_places_of}


def places_of(user: User) -> list[NavigationItem]:
    """Every page that the person may open, in the order of the navigation."""
    overview = [_OVERVIEW] if any(map(user.can, OPENS_ADMINISTRATION)) else []
    return [
        *navigation_of("work", user),
        *overview,
        *administration_of(user),
        *navigation_of("account", user),
    ]


def writing_places_of(user: User | AnonymousUserMixin) -> list[NavigationItem]:
    """The links to start writing, which stand on every page for those who may; empty for everybody else."""
    if not isinstance(user, User) or not user.can(Permission.WRITE):
        return []
    return [item for item in navigation_of("work", user) if item.starts_text]


def administration_of(user: User) -> list[NavigationItem]:
    """The sections of the administration that the person may use."""
    return list(navigation_of("administration", user))
