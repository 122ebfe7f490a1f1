"""Prove that the oldest supported pip accepts every lock while newer releases of every package exist.

pip up to 23 looks up a requirement with an extra, as in ``coverage[toml]``, apart from the pin of ``coverage``. Such a
lock installs as long as the pinned release is the newest, and is refused in hash-checking mode the day after. This
script makes that day come early: an empty wheel of version 9999 stands beside the real releases of every package.
"""

import re
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("build", "runtime", "extras", "dev")
#: Python 3.11.0, the oldest that Masthead supports, brings this version.
OLDEST_PIP = "22.3"
NEWER_VERSION = "9999"
PINNED_NAME = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==", re.MULTILINE)


def main() -> int:
    """Try every lock; the exit code."""
    with tempfile.TemporaryDirectory(prefix="masthead-locks-") as folder:
        python = _environment(Path(folder) / "venv")
        newer = Path(folder) / "newer"
        newer.mkdir()
        for name in pinned_names():
            write_empty_wheel(newer, name)
        refused = [lock for lock in LOCKS if not _is_accepted(python, newer, lock)]
    for lock in refused:
        print(
            f"pip {OLDEST_PIP} refuses requirements/{lock}.txt; the message above says why.", file=sys.stderr
        )
    if not refused:
        print(
            f"pip {OLDEST_PIP} accepts the {len(LOCKS)} requirement files with newer releases in the world."
        )
    return 1 if refused else 0


def pinned_names() -> list[str]:
    """Every package that any of the locks pins."""
    texts = [(ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8") for lock in LOCKS]
    return sorted({name for text in texts for name in PINNED_NAME.findall(text)})


def write_empty_wheel(folder: Path, name: str) -> Path:
    """Write a wheel without content that pip takes for a far newer release of ``name``."""
    distribution = re.sub(r"[-_.]+", "_", name)
    information = f"{distribution}-{NEWER_VERSION}.dist-info"
    path = folder / f"{distribution}-{NEWER_VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(
            f"{information}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {NEWER_VERSION}\n"
        )
        wheel.writestr(
            f"{information}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{information}/RECORD", "")
    return path


def _environment(folder: Path) -> str:
    venv.create(folder, with_pip=True, symlinks=True)
    python = str(folder / "bin" / "python")
    _pip(python, "install", f"pip=={OLDEST_PIP}").check_returncode()
    return python


def _is_accepted(python: str, newer: Path, lock: str) -> bool:
    path = str(ROOT / "requirements" / f"{lock}.txt")
    tried = _pip(
        python, "install", "--dry-run", "--require-hashes", "--find-links", str(newer), "--requirement", path
    )
    return tried.returncode == 0


def _pip(python: str, command: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [python, "-m", "pip", command, "-qq", "--disable-pip-version-check", *arguments], check=False
    )


if __name__ == "__main__":
    sys.exit(main())
