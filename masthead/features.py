"""The shape of a feature: everything that a part of Masthead brings to the application, declared in its `feature.py`.

`masthead.app` lists the features. What a module can only do by being imported, registering tasks and tables, is declared
here too: a feature names these modules, so that nothing works by accident of an import elsewhere.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Final, Literal

from blinker import Signal
from flask import Blueprint, Flask, current_app

EXTENSION: Final = "masthead.features"
#: The API, all of it below this prefix.
API_PREFIX: Final = "/api/v1"
Menu = Literal["work", "administration", "account"]


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A page in the navigation of the people who run the publication.

    ``permission`` is the one that opens the page; None opens it to everybody with an account. ``order`` sorts the
    items of a menu. ``purpose`` says what one does there; the overview of the administration shows it.
    """

    endpoint: str
    label: str
    order: int
    menu: Menu = "administration"
    permission: str | None = None
    purpose: str = ""
    #: Stands on every page for those who may open it: a link to start writing.
    starts_text: bool = False

    def is_open_to(self, user: Any) -> bool:
        """Tell if an account may open the page."""
        return self.permission is None or user.can(self.permission)


@dataclass(frozen=True, slots=True)
class PersonalDataSection:
    """A part of a person's data in the personal data export: rows of plain values."""

    name: str
    title: str
    rows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What a feature adds to the personal data export of an account.

    ``export`` takes the `User` and answers with its sections. ``tables`` are the tables with a user's key that they
    cover; a test finds tables that no feature names.
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
    #: Commands of ``masthead`` by name, as ``module:attribute``; the module is imported when somebody runs the command.
    commands: Mapping[str, str] = field(default_factory=dict)
    navigation: Sequence[NavigationItem] = ()
    #: Modules that register tasks when they are imported.
    tasks: Sequence[ModuleType] = ()
    #: Modules that add tables or session listeners when they are imported, where no other module of the feature imports them.
    modules: Sequence[ModuleType] = ()
    #: Signals of features below, and the functions that answer them in the same transaction.
    receivers: Sequence[tuple[Signal, Callable[..., Any]]] = ()
    #: The permissions that the feature asks for; each belongs to one feature.
    permissions: Sequence[str] = ()
    personal_data: PersonalData | None = None
    #: Called with the application in this order.
    init: Sequence[Callable[[Flask], None]] = ()

    def register(self, app: Flask) -> None:
        """Bring the feature to an application; its API blueprints are registered by `register_all`."""
        for signal, receiver in self.receivers:
            signal.connect(receiver)
        for init_app in self.init:
            init_app(app)
        for blueprint, prefix in self.blueprints:
            app.register_blueprint(blueprint, url_prefix=prefix or None)
        for blueprint, prefix in self.api:
            app.register_blueprint(blueprint, url_prefix=API_PREFIX + prefix)


def register_all(app: Flask, features: Sequence[Feature]) -> None:
    """Bring features to an application, in this order."""
    app.extensions[EXTENSION] = tuple(features)
    for feature in features:
        feature.register(app)


def installed() -> tuple[Feature, ...]:
    """The features of the present application."""
    found: tuple[Feature, ...] = current_app.extensions[EXTENSION]
    return found


def navigation_of(menu: Menu, user: Any) -> Iterator[NavigationItem]:
    """The items of a menu that an account may open, in their order."""
    items = [item for feature in installed() for item in feature.navigation if item.menu == menu]
    return (item for item in sorted(items, key=lambda item: item.order) if item.is_open_to(user))


def commands(features: Sequence[Feature]) -> dict[str, str]:
    """The commands of all features, by name."""
    return {name: place for feature in features for name, place in feature.commands.items()}
