"""Every route says who may use it, and none changes anything on GET."""

import pytest
from flask import Flask

from masthead.web import access

pytestmark = pytest.mark.databases("sqlite")


def test_every_endpoint_declares_who_may_use_it(app: Flask) -> None:
    assert [name for name, view in app.view_functions.items() if access.declared(view) is None] == []


def test_an_application_with_an_undeclared_route_does_not_start() -> None:
    app = Flask("another")
    app.add_url_rule("/secret", "secret", lambda: "")
    with pytest.raises(access.UndeclaredAccess, match="secret"):
        access.check(app)


def test_every_view_says_what_it_does(app: Flask) -> None:
    silent = [
        name for name, view in app.view_functions.items() if not view.__doc__ and not name.endswith("static")
    ]
    assert silent == []
