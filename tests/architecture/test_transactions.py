"""Who commits (ARCHITECTURE: queries read, actions write, entry points commit), and who reads the time."""

import ast
from collections.abc import Iterator

from tests.architecture.source import Module, modules

#: The files and folders of a feature through which somebody comes in: a browser, a program, a shell, a schedule.
ENTRY_POINTS = frozenset(
    {
        "views",
        "desk",
        "admin",
        "api",
        "cli",
        "tasks",
        "setup",
    }
)
#: Below these packages, everything is a page, a command or runs by itself.
#: An import is one command and many transactions, one for each batch: memory stays constant, and a killed one goes on.
ENTRY_PACKAGES = (
    "masthead.admin",
    "masthead.operation",
    "masthead.jobs",
    "masthead.importing.importer",
    "masthead.archive.restore",
)
#: Has `commit_and_answer`, with which operations of the API commit.
API = "masthead.web.api.operations"
CLOCKS = frozenset({"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"})


def is_entry_point(module: Module) -> bool:
    parts = module.name.split(".")
    if parts[1:2] == ["web"]:
        # A schedule deletes old keys of the API; the rest of `masthead.web` serves features that commit.
        return parts[-1] == "idempotency"
    return (
        not ENTRY_POINTS.isdisjoint(parts)
        or parts[-1].endswith(("_api", "_views", "_admin", "_desk", "_tasks"))
        or module.name.startswith(ENTRY_PACKAGES)
    )


def calls_of(node: ast.AST, method: str) -> Iterator[ast.Call]:
    for inner in ast.walk(node):
        if (
            isinstance(inner, ast.Call)
            and isinstance(inner.func, ast.Attribute)
            and inner.func.attr == method
        ):
            yield inner


def calls_to(node: ast.AST, function: str) -> Iterator[ast.Call]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == function:
            yield inner


def test_only_entry_points_commit() -> None:
    commits = [
        module.place(call)
        for module in modules()
        # One ends transactions that only read, the other is the driver's connection.
        if not is_entry_point(module)
        and module.name not in {"masthead.db.network", "masthead.db.write_queue", API}
        for call in (*calls_of(module.tree, "commit"), *calls_to(module.tree, "commit_and_answer"))
    ]
    assert commits == []


def test_actions_and_queries_leave_rolling_back_to_their_callers() -> None:
    rollbacks = [
        module.place(call)
        for module in modules()
        if module.name.endswith((".actions", ".queries"))
        for call in calls_of(module.tree, "rollback")
    ]
    assert rollbacks == []


def test_the_database_is_not_asked_by_forms_and_schemas() -> None:
    asking = [
        module.place(node)
        for module in modules()
        if module.name.endswith((".forms", ".schemas"))
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr == "session" and ast.unparse(node.value) == "db"
    ]
    assert asking == []


def test_the_clock_alone_reads_the_time() -> None:
    reading = [
        module.place(node)
        for module in modules()
        if module.name != "masthead.clock"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in CLOCKS
    ]
    assert reading == []


def test_relationships_are_loaded_on_purpose() -> None:
    lazy = [
        module.place(node)
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "relationship" and not _raises(node)
    ]
    assert lazy == []


def _raises(call: ast.Call) -> bool:
    chosen = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    return chosen.get("lazy") in {"'raise'", "'raise_on_sql'", "'write_only'"}
