"""A client of the API: signs in, and speaks JSON."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from masthead.db import db
from masthead.people.models import User
from tests.support.people import PASSWORD
from tests.support.visitors import Visitor

PREFIX = "/api/v1"


class Caller:
    """One client, signed in or not."""

    def __init__(self, client: Visitor, tokens: dict[str, Any] | None = None) -> None:
        self.client = client
        self.tokens = tokens or {}

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        etag: str | None = None,
        token: str | None = None,
        **options: Any,
    ) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        token = token or self.tokens.get("access_token")
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if etag:
            headers["If-Match"] = etag
        if body is not None:
            options["json"] = body
        return self.client.open(PREFIX + path, method=method, headers=headers, **options)


@pytest.fixture
def call(new_client: Callable[..., Visitor]) -> Caller:
    """`call("GET", "/posts")` as nobody."""
    return Caller(new_client())


@pytest.fixture
def as_(new_client: Callable[..., Visitor]) -> Callable[[User], Caller]:
    """`as_(cast.walt)("POST", "/posts", {...})`."""

    def sign_in(user: User) -> Caller:
        caller = Caller(new_client())
        response = caller("POST", "/auth/login", {"email": user.email, "password": PASSWORD})
        assert response.status_code == 200, response.text
        return Caller(caller.client, response.json)

    return sign_in


@pytest.fixture
def killed_at() -> Callable[[str], AbstractContextManager[None]]:
    """`with killed_at("after_commit"):` ends the process, as it were, at that moment of every transaction."""

    @contextmanager
    def killing(moment: str) -> Iterator[None]:
        def kill(session: Session) -> None:
            # A savepoint that is released is no commit, though it sends the same events.
            if not session.in_nested_transaction():
                raise SystemExit

        event.listen(db.session, moment, kill)
        try:
            with pytest.raises(SystemExit):
                yield
        finally:
            event.remove(db.session, moment, kill)

    return killing


@pytest.fixture
def document(client: Visitor) -> dict[str, Any]:
    """The OpenAPI document."""
    found: dict[str, Any] = client.get("/api/v1/openapi.json").json
    return found
