"""Nothing changes on a safe method (RFC 9110, section 9.2.1): no view answers both a safe method and one that writes, and
no view of a safe method commits. Threat 30 of the research: requests that another site makes a browser send.
"""

import ast
import inspect
from collections.abc import Iterator

import pytest
from flask import Flask

from masthead.db import leave_note, own_transaction
from tests.architecture.source import Function, Module, modules

pytestmark = pytest.mark.databases("sqlite")

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
WRITING = frozenset({"commit", "flush", "own_transaction", "leave_note"})
#: What may write in a request with a safe method: functions with a transaction of their own.
OWN_TRANSACTIONS = frozenset(
    {
        # A note that is given up where nothing can be written.
        "masthead.db.notes.leave_note",
        # It asks whether a database can be written, and changes nothing.
        "masthead.db.notes.write_failure",
        # A login and a token note their last use, once a minute; a login whose rights changed gets a new secret.
        "masthead.login.sessions.record_use",
        "masthead.login.sessions.renew_secret",
        "masthead.api_tokens.personal_tokens.record_use",
        # A runner of jobs, which answers no requests.
        "masthead.jobs.leases.take",
        "masthead.jobs.leases.renew",
        "masthead.jobs.leases._settle",
        "masthead.jobs.clock_guard._store",
        "masthead.jobs.clock_guard._move_on",
    }
)


def test_no_view_answers_both_safe_methods_and_those_that_write(app: Flask) -> None:
    mixed = [
        f"{rule.rule} → {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) & SAFE - {"OPTIONS"} and (rule.methods or set()) - SAFE
    ]
    assert mixed == []


def test_no_view_of_a_safe_method_commits(app: Flask) -> None:
    functions = {
        (module.name, function.name): (module, function)
        for module in modules()
        for function in module.functions()
    }
    safe = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    views = [inspect.unwrap(app.view_functions[endpoint]) for endpoint in safe]
    found = [functions.get((view.__module__, view.__name__)) for view in views]
    assert sum(place is not None for place in found) > 80
    commits = [where for place in found if place is not None for where in writes_below(*place)]
    assert commits == []


def writes_below(module: Module, function: Function) -> Iterator[str]:
    """Where a function, or one of its module that it calls, commits."""
    beside = {other.name: other for other in module.functions()}
    waiting, seen = [function], {function.name}
    while waiting:
        present = waiting.pop()
        for node in ast.walk(present):
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func).rpartition(".")[2]
                if name in WRITING:
                    yield f"{module.place(node)} in {function.name}"
            if isinstance(node, ast.Name) and node.id in beside and node.id not in seen:
                seen.add(node.id)
                waiting.append(beside[node.id])


def test_no_view_asks_for_the_method_of_its_request() -> None:
    """A test for GET is none for HEAD; whoever needs the difference registers two views."""
    asking = [
        module.place(node)
        for module in modules()
        if not module.name.startswith(("masthead.web", "masthead.db"))
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Compare)
        and ast.unparse(node.left) == "request.method"
        and any(isinstance(operator, ast.Eq | ast.NotEq) for operator in node.ops)
        # A picture is not read from its store for somebody who wants its size.
        and module.name != "masthead.media.views"
    ]
    assert asking == []


def test_transactions_of_their_own_are_those_that_are_named() -> None:
    users = {
        f"{module.name}.{function.name}"
        for module in modules()
        for function in module.functions()
        if not {own_transaction.__name__, leave_note.__name__}.isdisjoint(
            n.id for n in ast.walk(function) if isinstance(n, ast.Name)
        )
    }
    assert users == OWN_TRANSACTIONS
