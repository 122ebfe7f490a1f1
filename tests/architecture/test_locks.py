"""The requirement files hold every requirement of what they pin, with its extras.

pip up to 23 looks up `coverage[toml]` apart from the pin of `coverage`: a lock without the extra installs only as long as
the pinned release is the newest. `scripts/prove_locks.py` shows the same with such a pip; this test needs no network.
"""

import re
import tomllib
from collections.abc import Iterable
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

PIN = re.compile(r"^(?P<name>[\w.-]+)(?:\[(?P<extras>[^\]]*)\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)
LOCKS = ("build", "runtime", "extras", "dev")


def test_the_lock_pins_every_requirement_with_its_extras(lock_name) -> None:
    assert missing_from(lock_text(lock_name), declared(lock_name)) == []


def test_an_extra_taken_out_of_a_lock_is_found() -> None:
    text = lock_text("dev")
    assert "\ncoverage[toml]==" in text
    found = missing_from(text.replace("\ncoverage[toml]==", "\ncoverage=="), declared("dev"))
    assert found == ["pytest-cov requires coverage[toml]>=7.10.6"]


def test_a_package_taken_out_of_a_lock_is_found() -> None:
    text = lock_text("runtime").replace("\nmarkupsafe==", "\nmarkupsafe-of-another-name==")
    assert any("requires markupsafe" in line for line in missing_from(text, declared("runtime")))


@pytest.fixture(params=LOCKS)
def lock_name(request: pytest.FixtureRequest) -> str:
    return request.param


def lock_text(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def declared(lock: str) -> list[Requirement]:
    """What `pyproject.toml` asks for in the file that this lock is made for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    runtime = project["project"]["dependencies"]
    optional = [line for lines in project["project"]["optional-dependencies"].values() for line in lines]
    development = [line for line in groups["dev"] if isinstance(line, str)]
    lines = {
        "build": groups["build"],
        "runtime": runtime,
        "extras": [*runtime, *optional],
        "dev": [*runtime, *groups["build"], *groups["lint"], *groups["test"], *development],
    }[lock]
    return [Requirement(line) for line in lines]


def missing_from(text: str, wanted: Iterable[Requirement]) -> list[str]:
    """Requirements of the project, and of the installed packages that a lock pins, that the lock does not hold."""
    pins = {
        canonicalize_name(pin["name"]): {extra.strip() for extra in (pin["extras"] or "").split(",") if extra}
        for pin in PIN.finditer(text)
    }
    requirements = [("pyproject.toml", requirement) for requirement in wanted if _applies(requirement, set())]
    for name, extras in pins.items():
        requirements += [(name, requirement) for requirement in _requirements_of(name, extras)]
    return sorted(
        f"{by} requires {requirement.name}{_bracketed(requirement.extras)}{requirement.specifier}"
        for by, requirement in requirements
        if not requirement.extras <= pins.get(canonicalize_name(requirement.name), set())
        or canonicalize_name(requirement.name) not in pins
    )


def _requirements_of(name: str, extras: set[str]) -> list[Requirement]:
    """The requirements of an installed package here; none of one that another platform needs."""
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    return [requirement for requirement in map(Requirement, lines) if _applies(requirement, extras)]


def _applies(requirement: Requirement, extras: set[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _bracketed(extras: Iterable[str]) -> str:
    return f"[{','.join(sorted(extras))}]" if extras else ""
