"""No part without its user: every setting is read, every permission asked for, every task queued or periodic."""

import ast
from collections.abc import Iterator

import pytest

from masthead.config import Config
from masthead.jobs import registry
from masthead.people.permissions import Permission
from tests.architecture.source import Module, modules

#: Settings that a library reads by their name in ``app.config``, and those that `masthead.config` turns into others.
READ_ELSEWHERE = {
    "RATELIMIT_ENABLED": "Flask-Limiter reads it.",
    "SQLALCHEMY_ECHO": "Flask-SQLAlchemy reads it.",
    "SECRET_KEY": "Flask, Flask-WTF and itsdangerous read it.",
    "MAIL_SERVER": "Becomes MAIL_URL.",
    "MAIL_PORT": "Becomes MAIL_URL.",
    "MAIL_USE_TLS": "Becomes MAIL_URL.",
    "MAIL_USE_SSL": "Becomes MAIL_URL.",
    "MAIL_USERNAME": "Becomes MAIL_URL.",
    "MAIL_PASSWORD": "Becomes MAIL_URL.",
    "SESSION_DAYS": "Becomes PERMANENT_SESSION_LIFETIME.",
    "FORM_HOURS": "Becomes WTF_CSRF_TIME_LIMIT.",
}
DECLARED_IN = "masthead.config"


@pytest.fixture(scope="module")
def names_read() -> set[str]:
    """Every attribute, subscript and string outside of the class of settings."""
    return {
        name for module in modules() if not module.name.startswith(DECLARED_IN) for name in _names(module)
    }


@pytest.mark.parametrize("name", sorted(Config.model_fields.keys() - READ_ELSEWHERE.keys()))
def test_the_setting_is_read(name: str, names_read: set[str]) -> None:
    limited = name.removeprefix("RATELIMIT_").lower()
    # `limits.parse` puts the name of a limit together: hit("sign_in") reads RATELIMIT_SIGN_IN.
    assert names_read & {name, limited}, (
        f"Nothing reads {name}; remove it, or say in READ_ELSEWHERE who does."
    )


def test_the_exceptions_are_settings() -> None:
    assert READ_ELSEWHERE.keys() <= Config.model_fields.keys()


@pytest.mark.parametrize("permission", sorted(Permission))
def test_the_permission_is_asked_for(permission: Permission) -> None:
    uses = [
        module.place(node)
        for module in modules()
        if module.name != "masthead.people.permissions"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == permission.name and _is_permission(node.value)
    ]
    assert uses, f"Nothing asks for {permission.name}."


def test_every_task_is_queued_or_periodic(app) -> None:
    queued = set(_queued_functions())
    idle = [
        task.name
        for task in registry._tasks.values()
        if task.name not in registry.periods() and task.function.__name__ not in queued
    ]
    assert idle == []


def _names(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _is_permission(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id == "Permission") or (
        isinstance(node, ast.Attribute) and node.attr == "Permission"
    )


def _queued_functions() -> Iterator[str]:
    """The functions that are handed to `enqueue`, wherever they are handed over."""
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call):
                callee = node.func
                name = callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")
                if name.startswith("enqueue") and node.args:
                    first = node.args[0]
                    yield first.attr if isinstance(first, ast.Attribute) else getattr(first, "id", "")
