"""What may not be in the repository: addresses and paths that only one machine knows."""

import re

from tests.architecture.source import ROOT, repository_files

#: Written in two halves, so that this file does not hold what it looks for.
REGISTRIES = tuple(
    "".join(halves)
    for halves in (("pypi", ".org"), ("python", "hosted.org"), ("registry.", "npmjs"), ("deb.", "debian"))
)
HOME = re.compile(r"(?<![\w.:/<$}-])/(root|work|Users|home/\w+|opt/pypi)/")


def test_requirements_name_no_address() -> None:
    files = sorted((ROOT / "requirements").glob("*.txt"))
    assert [path.name for path in files] == ["build.txt", "dev.txt", "extras.txt", "runtime.txt"]
    assert [path.name for path in files if "://" in path.read_text(encoding="utf-8")] == []


def test_requirements_are_pinned_by_hashes() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        entries = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())
        loose = [
            entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry
        ]
        assert loose == [], path.name


def test_no_package_registry_is_named() -> None:
    naming = [
        str(path.relative_to(ROOT))
        for path in repository_files()
        if any(host in path.read_text(encoding="utf-8", errors="replace") for host in REGISTRIES)
    ]
    assert naming == []


def test_no_path_of_somebodys_machine_is_named() -> None:
    naming = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in repository_files()
        for number, line in enumerate(
            path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1
        )
        if HOME.search(line)
    ]
    assert naming == []
