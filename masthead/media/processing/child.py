"""The process that opens files of strangers: it limits itself, reads one order, and answers with JSON.

It gets no database, no secret and no network address. A file that needs too much memory or time, or that finds a bug in
a decoder, costs this process alone. `masthead.media.processing.isolation` starts it.
"""

import contextlib
import dataclasses
import errno
import hashlib
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from masthead.media.errors import PictureRefused

#: Of address space: the largest photograph takes 400 MB, and the interpreter with its libraries 300 MB.
MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 45
#: Pages are more urgent than pictures.
NICENESS = 10
OPEN_FILES = 64


def limit_itself(largest_file: int) -> None:
    """Set the limits of this process; nobody can raise them again."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, largest_file),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    with contextlib.suppress(OSError):
        os.nice(NICENESS)


def main() -> None:
    """Carry out the order on standard input, and print the result."""
    order = json.load(sys.stdin)
    limit_itself(order["largest_file"])
    try:
        result = _ORDERS[order["do"]](order, Path(order["source"]), Path(order["folder"]))
    except PictureRefused as error:
        result = {"refused": error.message}
    except MemoryError:
        result = {"refused": "This file needs more memory than a picture may take. Make it smaller first."}
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        result = {"full": True}
    json.dump(result, sys.stdout)


def _prepare(order: dict[str, Any], source: Path, folder: Path) -> dict[str, Any]:
    # Imported here, behind the limits: the decoders are what the limits are for.
    from masthead.media.processing import pictures

    limits = {"limit_bytes": order["limit_bytes"], "limit_pixels": order["limit_pixels"]}
    prepared = pictures.prepare(source.read_bytes(), **limits)
    (folder / "original").write_bytes(prepared.content)
    return {"facts": dataclasses.asdict(prepared.facts)}


def _check(order: dict[str, Any], source: Path, folder: Path) -> dict[str, Any]:
    from masthead.media.processing import kinds, recordings

    kind = kinds.BY_MEDIA_TYPE[order["media_type"]]
    source_hash = _hash_of(source)
    recordings.check(source, kind.media_type)
    source.rename(folder / "original")
    facts = {
        "media_type": kind.media_type,
        "extension": kind.extension,
        "width": 0,
        "height": 0,
        "size": (folder / "original").stat().st_size,
        "content_hash": _hash_of(folder / "original"),
        "source_hash": source_hash,
        "kind": kind.kind,
    }
    return {"facts": facts}


def _edit(order: dict[str, Any], source: Path, folder: Path) -> dict[str, Any]:
    from masthead.media.processing import edits, pictures
    from masthead.media.processing.facts import PictureEdit

    content = edits.apply(source.read_bytes(), PictureEdit(**order["edit"]))
    prepared = pictures.prepare(content, limit_bytes=len(content))
    (folder / "original").write_bytes(prepared.content)
    return {"facts": dataclasses.asdict(prepared.facts)}


def _make_variants(order: dict[str, Any], source: Path, folder: Path) -> dict[str, Any]:
    from masthead.media.processing import variants

    made, placeholder = variants.make(source, order["media_type"], folder, order["widths"])
    return {"variants": [dataclasses.asdict(one) for one in made], "placeholder": placeholder}


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_ORDERS = {"prepare": _prepare, "check": _check, "edit": _edit, "variants": _make_variants}

if __name__ == "__main__":
    main()
