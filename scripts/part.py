"""Run a part of `make check` and note how long it took: `part.py lint ruff check .`; without arguments, say it of each part.

The file that CHECK_TIMES names holds the notes. Without it, the part just runs.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main() -> int:
    """Run what the arguments say, or report."""
    file = Path(os.environ["CHECK_TIMES"]) if os.environ.get("CHECK_TIMES") else None
    if len(sys.argv) == 1:
        report(file)
        return 0
    part, *command = sys.argv[1:]
    print(*command, flush=True)
    begin = time.monotonic()
    code = subprocess.run(command, check=False).returncode
    if file is not None:
        with file.open("a", encoding="utf-8") as notes:
            notes.write(json.dumps([part, time.monotonic() - begin, code]) + "\n")
    return code


def report(file: Path | None) -> None:
    """Print a line for each part, in the order in which they began."""
    notes = file.read_text(encoding="utf-8").splitlines() if file is not None and file.exists() else []
    seconds: dict[str, float] = {}
    failed = set()
    for part, taken, code in map(json.loads, notes):
        seconds[part] = seconds.get(part, 0) + taken
        failed |= {part} if code else set()
    for part, taken in seconds.items():
        print(f"{part:<10} {_clock(taken)}{'  failed' if part in failed else ''}")
    print(f"{'together':<10} {_clock(sum(seconds.values()))}")


def _clock(seconds: float) -> str:
    """Minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:>3} min {rest:02} s"


if __name__ == "__main__":
    sys.exit(main())
