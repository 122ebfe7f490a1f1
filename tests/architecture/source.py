"""The source of Masthead as the architecture tests read it."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "masthead"
NOT_OURS = frozenset({".venv", ".git", "instance", "node_modules", "__pycache__"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A module of Masthead."""

    path: Path

    @property
    def name(self) -> str:
        """As it is imported."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @cached_property
    def text(self) -> str:
        """Its source."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.text, str(self.path))

    def functions(self) -> Iterator[Function]:
        """Every function and method in it."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node

    def place(self, node: ast.stmt | ast.expr) -> str:
        """Where something stands, as an editor opens it."""
        return f"{self.path.relative_to(ROOT)}:{node.lineno}"

    def __hash__(self) -> int:
        return hash(self.path)


@cache
def modules() -> tuple[Module, ...]:
    """Every module of Masthead but the migrations, which are history."""
    found = sorted(PACKAGE.rglob("*.py"))
    return tuple(Module(path) for path in found if "migrations" not in path.relative_to(PACKAGE).parts)


@cache
def repository_files() -> tuple[Path, ...]:
    """Every text file that belongs to the repository."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, encoding="utf-8").stdout
        paths = [ROOT / name for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        # A source archive has no history.
        paths = [path for path in ROOT.rglob("*") if not NOT_OURS & set(path.relative_to(ROOT).parts)]
    return tuple(path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8000])
