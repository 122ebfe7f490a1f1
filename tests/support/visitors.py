"""Visitors without a browser: a test client that reads pages, fills in their forms, and so carries real form tokens."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from masthead.people.models import User
from tests.support.documents import Document, Value
from tests.support.people import PASSWORD


class Visitor(FlaskClient):
    """A test client with the habits of a person."""

    #: A form token that somebody keeps in mind, see `tests.support.entering`.
    token = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request, from outside of any application context."""
        assert not has_app_context(), (
            "Leave the application context before the request: it would share its session."
        )
        return super().open(*args, **kwargs)

    def read(self, path: str) -> Document:
        """The page at an address, which must answer 200."""
        response = self.get(path)
        assert response.status_code == 200, f"{path} answers {response.status}"
        return Document(response.data)

    def fill_in(
        self,
        path: str,
        typed: Mapping[str, Value] | None = None,
        *,
        button: str | None = None,
        action: str | None = None,
        **more: Value,
    ) -> TestResponse:
        """Open the page, type into the form that has these fields, and send it; the answer, not followed.

        ``button`` is the value of the button to press. Fields that are not named keep what the page offers, the
        form token among them. True and False tick and clear a box.
        """
        typed = {**(typed or {}), **more}
        form = self.read(path).form(typed, button, action)
        assert form.method == "post", "Only forms that change something are sent; for others, use get()."
        return self.post(form.action or path, data=form.filled(typed, button))

    def press(self, path: str, button: str | None = None, *, action: str | None = None) -> TestResponse:
        """Open the page and press a button of a form, typing nothing."""
        return self.fill_in(path, button=button, action=action)

    def form_token(self) -> str:
        """A form token of somebody who is signed in, to send what no form of a page would send."""
        return self.read("/auth/profile").form({"name": ""}).values["csrf_token"][0]


def document(response: TestResponse) -> Document:
    """The page that was answered."""
    return Document(response.data)


@pytest.fixture
def new_client(app: Flask) -> Callable[..., Visitor]:
    """Make a visitor with no cookies, of the application or of another one: `new_client(make_app(...))`."""

    def make(of: Flask = app) -> Visitor:
        of.test_client_class = Visitor
        client = of.test_client()
        assert isinstance(client, Visitor)
        return client

    return make


@pytest.fixture
def client(new_client: Callable[..., Visitor]) -> Visitor:
    """A visitor who has not signed in."""
    return new_client()


@pytest.fixture
def sign_in(new_client: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """Sign somebody in through the form: `sign_in(client, cast.walt)`, or `sign_in(cast.walt)` for a visitor of their own."""

    def sign(
        first: Visitor | User, user: User | None = None, *, password: str = PASSWORD, remember: bool = False
    ) -> Visitor:
        visitor, person = (new_client(), first) if isinstance(first, User) else (first, user)
        assert person is not None
        assert person.email is not None, "Only an account with an address can sign in."
        response = visitor.fill_in("/auth/login", email=person.email, password=password, remember=remember)
        assert response.status_code in {302, 303}, document(response).text("//main")
        return visitor

    return sign
