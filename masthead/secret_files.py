"""Generated secrets, in files that only their owner can read."""

import contextlib
import os
import secrets
import stat
import tempfile
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def is_open_to_others(path: Path) -> bool:
    """Tell if other accounts of the machine have any access to a file or folder."""
    return path.exists() and bool(path.stat().st_mode & OTHERS)


def stored(home: Path, name: str) -> str:
    """Return the secret from ``home/secrets/``, created on first use (mode 0600)."""
    folder = home / "secrets"
    # mkdir applies the mode to the last folder alone.
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / name
    if not path.exists():
        # Processes may start concurrently: each writes a whole file, and the first hard link wins.
        with tempfile.NamedTemporaryFile("w", dir=folder, prefix=f".{name}.", encoding="ascii") as draft:
            draft.write(secrets.token_urlsafe(48))
            draft.flush()
            os.fsync(draft.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(draft.name, path)
    return path.read_text(encoding="ascii").strip()
