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
import traceback
from pathlib import Path
from typing import Any, NoReturn

from masthead.media.errors import PictureRefused

#: Of address space: the largest photograph takes 400 MB, and the interpreter with its libraries 300 MB.
MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 45
#: Pages are more urgent than pictures.
NICENESS = 10
OPEN_FILES = 64
#: The argument with which the process carries out one order after the other, each in a fork.
SERVE = "serve"
#: The file below the folder of an order that has the result of a fork.
RESULT = "result.json"
#: The file beside it, with the reason why a fork has failed.
ERRORS = "errors.txt"


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
    json.dump(_carried_out(json.load(sys.stdin)), sys.stdout)


def serve() -> None:
    """Carry out the orders on standard input, one in each line and each in a fork; print the exit codes.

    This process loads the decoders once, and never opens a file itself.
    """
    from PIL import Image

    from masthead.media.processing import pictures  # noqa: F401

    Image.init()
    for line in sys.stdin.buffer:
        fork = os.fork()
        if fork == 0:
            _answer_in_file(json.loads(line))
        _, status = os.waitpid(fork, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _answer_in_file(order: dict[str, Any]) -> NoReturn:
    folder, code = Path(order["folder"]), 1
    # No exception may unwind into the loop of the process that was forked.
    try:
        (folder / RESULT).write_text(json.dumps(_carried_out(order)))
        code = 0
    finally:
        try:
            if code:
                (folder / ERRORS).write_text(traceback.format_exc())
        finally:
            os._exit(code)


def _carried_out(order: dict[str, Any]) -> dict[str, Any]:
    limit_itself(order["largest_file"])
    try:
        return _ORDERS[order["do"]](order, Path(order["source"]), Path(order["folder"]))
    except PictureRefused as error:
        return {"refused": error.message}
    except MemoryError:
        return {"refused": "This file needs more memory than a picture may take. Make it smaller first."}
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        return {"full": True}


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

    made, placeholder = variants.make(
        source, order["media_type"], folder, order["widths"], tuple(order["focus"])
    )
    return {"variants": [dataclasses.asdict(one) for one in made], "placeholder": placeholder}


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


_ORDERS = {"prepare": _prepare, "check": _check, "edit": _edit, "variants": _make_variants}

if __name__ == "__main__":
    if SERVE in sys.argv:
        serve()
    else:
        main()
