"""Helpers for the tests of accounts."""

from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from masthead import clock
from masthead.db import db
from masthead.people.models import Role
from tests.support.factors import App, set_up_app
from tests.support.letters import Post
from tests.support.people import Cast
from tests.support.visitors import Visitor

ReadRole = Callable[[str], Role | None]


@pytest.fixture
def ada(sign_in: Callable[..., Visitor], cast: Cast) -> Visitor:
    """A visitor who is an administrator."""
    return sign_in(cast.ada)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Move the application's clock on."""
    moved = timedelta()

    def move(by: timedelta) -> None:
        nonlocal moved
        moved += by

    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + moved)
    return move


@pytest.fixture
def stored_role(app: Flask) -> ReadRole:
    """Read a role by its name."""

    def read(name: str) -> Role | None:
        with app.app_context():
            return db.session.scalar(select(Role).where(Role.name == name))

    return read


@pytest.fixture
def make_role(app: Flask) -> Callable[..., Role]:
    def make(name: str, permissions: Collection[str] = (), rank: int = 25, **values: Any) -> Role:
        with app.app_context():
            role = Role(
                name=name, title=name.capitalize(), rank=rank, permissions=list(permissions), **values
            )
            db.session.add(role)
            db.session.commit()
            db.session.refresh(role)
            db.session.expunge(role)
        return role

    return make


@pytest.fixture
def post(make_app: Callable[..., Flask], tmp_path: Path) -> Post:
    """An application that puts its letters into a folder."""
    folder = tmp_path / "letters"
    app = make_app(
        MAIL_URL=f"file://{folder}",
        SITE_URL="https://news.example.org",
        TRUSTED_HOSTS="localhost,news.example.org",
    )
    return Post(app, folder)


@pytest.fixture
def walts_app(cast: Cast, sign_in: Callable[..., Visitor]) -> App:
    """Walt has an authenticator app."""
    return set_up_app(sign_in(cast.walt))
