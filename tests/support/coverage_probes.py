"""Coverage of the test processes, measured by probes in the code instead of a tracer.

A tracer is called for every line of every library and doubles the time of the suite. Probes are statements that this
module adds to Masthead's own modules when they are imported: each notes the step from the last line to its own, as
coverage.py does, so the data files combine and its reports count the same. `TEST_COVERAGE=1` switches them on, as
`make test` does; processes that the tests start are measured by coverage.py itself.
"""

import ast
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from itertools import takewhile
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from coverage import CoverageData

#: Not from `tests.support.commands`, which imports what is to be measured.
ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "masthead"
OMITTED = PACKAGE / "migrations"
#: Names of the probes in a module: the steps seen, and the last line.
STEPS = "_probed_steps_"
LINE = "_probed_line_"
#: The steps of every file, from line to line. The number of a function's or class's first line, negative, is its outside.
steps_of: defaultdict[str, dict[tuple[int, int], bool]] = defaultdict(dict)

Loop = ast.For | ast.AsyncFor | ast.While
Frame = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def is_wanted() -> bool:
    """Return True if this run measures coverage."""
    return os.environ.get("TEST_COVERAGE", "") not in {"", "0"}


def install() -> None:
    """Put probes into what is imported from now on."""
    sys.meta_path.insert(0, _Finder())


def measure_processes() -> None:
    """Let coverage.py measure the processes that are started from now on."""
    os.environ["COVERAGE_PROCESS_START"] = str(ROOT / "pyproject.toml")


def save() -> None:
    """Write what this process has seen beside the data files of coverage.py."""
    data = CoverageData(
        basename=os.environ.get("COVERAGE_FILE", str(ROOT / ".coverage")), suffix=f"probes.{os.getpid()}"
    )
    data.add_arcs({path: list(steps) for path, steps in steps_of.items()})
    # What nobody imports counts as well.
    data.touch_files([str(path) for path in PACKAGE.rglob("*.py") if not path.is_relative_to(OMITTED)])
    data.write()


class _Finder(MetaPathFinder):
    """Finds Masthead's modules."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != PACKAGE.name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.origin is None or not isinstance(spec.loader, SourceFileLoader):
            return spec
        origin = Path(spec.origin)
        if origin.is_relative_to(PACKAGE) and not origin.is_relative_to(OMITTED):
            spec.loader = Loader(fullname, spec.origin)
        return spec


class Loader(SourceFileLoader):
    """Loads a module with probes, always from its source."""

    def path_stats(self, path: str) -> dict[str, Any]:
        # Without these there is no bytecode, neither read nor written.
        raise OSError

    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> CodeType:  # type: ignore[override]
        code: CodeType = compile(
            with_probes(ast.parse(data)), path, "exec", dont_inherit=True, optimize=_optimize
        )
        return code

    def exec_module(self, module: ModuleType) -> None:
        vars(module)[STEPS] = steps_of[self.path]
        super().exec_module(module)


def with_probes(tree: ast.Module) -> ast.Module:
    """The module with a probe before each statement."""
    tree.body = _frame(tree.body, 1)
    return ast.fix_missing_locations(tree)


def _frame(body: list[ast.stmt], start: int, *, is_class: bool = False) -> list[ast.stmt]:
    """Code that is entered as a whole: it is reached from outside, and leads there from its last line."""
    head = list(takewhile(_stays_first, body))
    # In the body of a class, a name would become an attribute.
    begin: list[ast.stmt] = [ast.Global([LINE])] if is_class else []
    begin += _stands_at(-start)
    for node in head:
        begin += _step_to(node.lineno) if isinstance(node, ast.ImportFrom) else []
    end = _placed(body[-1], _step_to(-start))
    return [*head, *_placed(body[0], begin), *_block(body[len(head) :]), *end]


def _stays_first(node: ast.stmt) -> bool:
    """Return True for a docstring, and for an import from `__future__`."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__"
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _block(body: list[ast.stmt]) -> list[ast.stmt]:
    """Statements that follow each other."""
    probed: list[ast.stmt] = []
    for node in body:
        if not isinstance(node, ast.Global | ast.Nonlocal):
            probed += _placed(node, *(_step_to(line) for line in _lines(node)))
        _go_inside(node)
        probed.append(node)
    return probed


def _lines(node: ast.stmt) -> list[int]:
    """The lines that a statement counts as."""
    decorators = [decorator.lineno for decorator in node.decorator_list] if isinstance(node, Frame) else []
    return [*decorators, node.lineno]


def _go_inside(node: ast.stmt) -> None:
    """Put probes into the blocks of a statement."""
    if isinstance(node, Frame):
        node.body = _frame(node.body, _lines(node)[0], is_class=isinstance(node, ast.ClassDef))
    elif isinstance(node, Loop):
        # Every round begins and the loop ends at its first line, also after `continue`.
        begin, end = _placed(node, _stands_at(node.lineno)), _placed(node, _stands_at(node.lineno))
        node.body = [*begin, *_block(node.body), *_placed(node, _step_to(node.lineno))]
        node.orelse = [*end, *_block(node.orelse)]
    elif isinstance(node, ast.Match):
        _go_inside_cases(node)
    elif isinstance(node, ast.Try | ast.TryStar):
        _go_inside_handlers(node)
    else:
        for name in ("body", "orelse"):
            if hasattr(node, name) and isinstance(getattr(node, name), list):
                setattr(node, name, _block(getattr(node, name)))


def _go_inside_handlers(node: ast.Try | ast.TryStar) -> None:
    passed: list[int] = []
    for handler in node.handlers:
        passed.append(handler.lineno)
        handler.body = [*_placed(handler, *map(_step_to, passed)), *_block(handler.body)]
    node.body, node.orelse, node.finalbody = map(_block, (node.body, node.orelse, node.finalbody))


def _go_inside_cases(node: ast.Match) -> None:
    """A case is reached from the one before it, and the last one leads on if nothing matches."""
    passed: list[int] = []
    for case in node.cases:
        passed.append(case.pattern.lineno)
        case.body = [*_placed(case.pattern, *map(_step_to, passed)), *_block(case.body)]
    last = node.cases[-1]
    if last.guard or not isinstance(last.pattern, ast.MatchAs) or last.pattern.pattern:
        steps = _placed(last.pattern, *map(_step_to, passed))
        node.cases.append(ast.match_case(pattern=ast.copy_location(ast.MatchAs(), last.pattern), body=steps))


def _placed(node: ast.stmt | ast.pattern | ast.excepthandler, *groups: Iterable[ast.stmt]) -> list[ast.stmt]:
    """Probes at the place of a statement, for tracebacks."""
    return [ast.copy_location(probe, node) for group in groups for probe in group]


def _step_to(line: int) -> list[ast.stmt]:
    """`steps[last, line] = True; last = line`."""
    step = ast.Tuple([ast.Name(LINE, ast.Load()), ast.Constant(line)], ast.Load())
    noted = ast.Subscript(ast.Name(STEPS, ast.Load()), step, ast.Store())
    return [ast.Assign([noted], ast.Constant(True)), *_stands_at(line)]


def _stands_at(line: int) -> list[ast.stmt]:
    """`last = line`."""
    return [ast.Assign([ast.Name(LINE, ast.Store())], ast.Constant(line))]
