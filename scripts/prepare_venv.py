"""Makes ``.venv`` and fills it from the hashed requirement files, when it is missing or out of date.

The stamp inside says what a finished environment was made from. It is taken away before anything is changed and
written when everything has succeeded, so an environment without a stamp was interrupted and is made anew.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".masthead-stamp.json"
#: The requirement files of each set; a set that comes later contains the ones before it.
SETS = {
    "runtime": ("requirements/runtime.txt", "requirements/build.txt"),
    "extras": ("requirements/extras.txt", "requirements/build.txt"),
    "development": ("requirements/dev.txt",),
}
INPUTS = ("pyproject.toml", *sorted({name for files in SETS.values() for name in files}))


def main(wanted: str) -> int:
    """Bring the environment to the set ``wanted``; the exit code."""
    # Two commands started together must not write into one environment; the second waits for the first.
    with Path(__file__).open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = _read_stamp()
        if stamp and stamp["inputs"] == _fingerprint() and _contains(stamp["set"], wanted):
            return 0
        try:
            _prepare(stamp, wanted)
        except subprocess.CalledProcessError:
            _say(
                "The environment in .venv could not be prepared; the message above says why. Run the command again."
            )
            return 1
        except KeyboardInterrupt:
            _say("Interrupted; the next command will make .venv anew.")
            return 130
    return 0


def _prepare(stamp: dict[str, str] | None, wanted: str) -> None:
    if stamp is None:
        _say("Making .venv and installing the packages; this takes a minute or two, once …")
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, with_pip=True, symlinks=True)
    else:
        _say("Bringing the packages in .venv up to date …")
        if _contains(stamp["set"], wanted):
            wanted = stamp["set"]
    STAMP.unlink(missing_ok=True)
    files = [argument for name in SETS[wanted] for argument in ("-r", str(ROOT / name))]
    # The files hold every package that is needed: without a search for others, pip is quicker and cannot find a newer one.
    _pip("--require-hashes", "--no-deps", *files)
    _pip("--no-deps", "--no-build-isolation", "-e", str(ROOT))
    _write_stamp(wanted)


def _pip(*arguments: str) -> None:
    command = [
        str(VENV / "bin" / "python"),
        "-m",
        "pip",
        "install",
        # Errors alone: some machines' pip configuration makes it warn hundreds of times.
        "-qq",
        "--disable-pip-version-check",
        *arguments,
    ]
    subprocess.run(command, check=True)


def _contains(present: str, wanted: str) -> bool:
    order = list(SETS)
    return order.index(present) >= order.index(wanted)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _interpreter() -> str:
    """Which Python, and where: scripts in an environment name both, so it cannot follow a moved folder."""
    return f"{sys.version} {sys.base_prefix} {VENV}"


def _read_stamp() -> dict[str, str] | None:
    """The stamp of a finished environment that this Python can use, else None."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    usable = stamp.get("interpreter") == _interpreter() and os.access(VENV / "bin" / "python", os.X_OK)
    return stamp if usable and stamp.get("set") in SETS else None


def _write_stamp(installed: str) -> None:
    stamp = {"set": installed, "inputs": _fingerprint(), "interpreter": _interpreter()}
    draft = STAMP.with_suffix(".draft")
    draft.write_text(json.dumps(stamp), encoding="utf-8")
    draft.replace(STAMP)


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
