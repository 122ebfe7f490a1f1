"""The declaration of a feature: everything that a feature brings to the application, in its `feature.py`.

`masthead.app` lists the features. Modules that register tasks or tables when they are imported are declared as well,
so that nothing depends on an accidental import elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import Any, Final, Literal

from blinker import Signal
from flask import Blueprint, Flask, current_app

EXTENSION: Final = "masthead.features"
#: The items of all menus, sorted once: every page of somebody signed in shows some.
NAVIGATION: Final = "masthead.navigation"
#: URL prefix of the API.
API_PREFIX: Final = "/api/v1"
Menu = Literal["work", "administration", "account"]


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A page in the navigation menus.

    ``permission`` is the one that the page requires; None opens it to every account. ``order`` sorts the items of a
    menu. ``purpose`` is the description that the administration's overview shows.
    """

    endpoint: str
    label: str
    order: int
    menu: Menu = "administration"
    permission: str | None = None
    purpose: str = ""
    #: True for links to start a text, which are on every page.
    starts_text: bool = False

    def is_open_to(self, user: Any) -> bool:
        """Tell if an account may open the page."""
        return self.permission is None or user.can(self.permission)


@dataclass(frozen=True, slots=True)
class PersonalDataSection:
    """A section of the personal data export: rows of plain values."""

    name: str
    title: str
    rows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """The contribution of a feature to the personal data export of an account.

    ``export`` maps a `User` to its sections. ``tables`` are the tables with a user's key that they cover; a test finds
    tables that no feature names.
    """

    export: Callable[[Any], list[PersonalDataSection]]
    tables: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A part of the application."""

    name: str
    #: Blueprints of pages, each with its URL prefix.
    blueprints: Sequence[tuple[Blueprint, str]] = ()
    #: Blueprints of API operations, each with its URL prefix below `API_PREFIX`.
    api: Sequence[tuple[Blueprint, str]] = ()
    #: Sub-commands of ``masthead`` by name, as ``module:attribute``; the module is imported when the command runs.
    commands: Mapping[str, str] = field(default_factory=dict)
    navigation: Sequence[NavigationItem] = ()
    #: Modules that register tasks when they are imported.
    tasks: Sequence[ModuleType] = ()
    #: Modules that register tables or session listeners when they are imported, if no other module of the feature
    #: imports them.
    modules: Sequence[ModuleType] = ()
    #: Signals of lower features, and the receivers that handle them in the same transaction.
    receivers: Sequence[tuple[Signal, Callable[..., Any]]] = ()
    #: Permissions that the feature checks; each belongs to one feature.
    permissions: Sequence[str] = ()
    personal_data: PersonalData | None = None
    #: Functions called with the application, in this order.
    init: Sequence[Callable[[Flask], None]] = ()

    def register(self, app: Flask) -> None:
        """Register the feature with an application, including its API blueprints."""
        for signal, receiver in self.receivers:
            signal.connect(receiver)
        for init_app in self.init:
            init_app(app)
        for blueprint, prefix in self.blueprints:
            app.register_blueprint(blueprint, url_prefix=prefix or None)
        for blueprint, prefix in self.api:
            app.register_blueprint(blueprint, url_prefix=API_PREFIX + prefix)


def load(*packages: str) -> tuple[Feature, ...]:
    """Import the ``feature.py`` of each package below `masthead`, and return their declarations."""
    # Not Werkzeug's `import_string`, which hides the module that is missing below.
    return tuple(import_module(f"masthead.{package}.feature").feature for package in packages)


def register_all(app: Flask, features: Sequence[Feature]) -> None:
    """Register features with an application, in this order."""
    items = sorted((item for feature in features for item in feature.navigation), key=lambda item: item.order)
    app.extensions[EXTENSION] = tuple(features)
    app.extensions[NAVIGATION] = items
    for feature in features:
        feature.register(app)


def installed() -> tuple[Feature, ...]:
    """Return the features of the current application."""
    found: tuple[Feature, ...] = current_app.extensions[EXTENSION]
    return found


def navigation_of(menu: Menu, user: Any) -> Iterator[NavigationItem]:
    """Return the items of a menu that an account may open, in their order."""
    items: list[NavigationItem] = current_app.extensions[NAVIGATION]
    return (item for item in items if item.menu == menu and item.is_open_to(user))


def commands(features: Sequence[Feature]) -> dict[str, str]:
    """Return the commands of all features, by name."""
    return {name: place for feature in features for name, place in feature.commands.items()}
