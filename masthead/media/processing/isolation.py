"""Runs the decoders in a process of its own, with limits on memory and time; see `masthead.media.processing.child`."""

import errno
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import structlog

from masthead.errors import Busy
from masthead.media.errors import PictureRefused
from masthead.media.processing import child, kinds
from masthead.media.processing.decoder import DECODER
from masthead.media.processing.facts import MadeVariant, PictureEdit, PictureFacts, PreparedPicture

log = structlog.get_logger(__name__)

#: Of real time; the limit on processor time is `child.CPU_SECONDS`, and a busy machine gets it slowly.
SECONDS: Final = 120
#: The processes that one server process starts at a time; each may take 500 MB.
AT_ONCE: Final = 2
_places: Final = threading.BoundedSemaphore(AT_ONCE)
_BUSY: Final = "Many pictures are arriving at this moment. Send yours again in a minute."
#: A small file can grow when it is encoded again, such as an animation.
LARGEST_FILE_BYTES: Final = 500_000_000
#: What the process needs of the environment: no secret.
_ENVIRONMENT: Final = ("PYTHONPATH", "LD_LIBRARY_PATH", "TMPDIR", "LANG", "PATH")
_TOO_COSTLY: Final = (
    "This file takes more memory or time than a picture may. Make it smaller, or save it again, first."
)
_UNKNOWN: Final = (
    "This is no file of a kind that is accepted. Bring in a picture (JPEG, PNG, WebP, GIF, AVIF, HEIC, SVG), audio, "
    "video, captions as WebVTT, or a PDF."
)
_NO_PICTURE: Final = (
    "This is no picture in a format that is accepted. Save it as JPEG, PNG, WebP, GIF, AVIF, HEIC or SVG."
)
_NOT_HERE: Final = (
    "Files of the type {} are not accepted here. Choose another kind, or ask an administrator for it."
)


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """A file that is ready to be stored; it lies in a temporary folder."""

    facts: PictureFacts
    path: Path


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """The largest files that are accepted, and their types."""

    size: int
    pixels: int
    media_types: frozenset[str]
    is_for_pictures: bool = False


@contextmanager
def prepared(source: Path, limits: UploadLimits) -> Iterator[PreparedFile]:
    """Validate and encode a file; raises `PictureRefused`. The result exists within the context."""
    kind = _type_of(source, limits)
    with tempfile.TemporaryDirectory(prefix="masthead-") as folder:
        yield _prepared(_order(kind, limits), source, Path(folder))


def imported(data: bytes, limits: UploadLimits) -> PreparedPicture:
    """Validate and encode one of many files, with the limits of an upload; raises `PictureRefused`."""
    with tempfile.TemporaryDirectory(prefix="masthead-") as name:
        folder = Path(name)
        source = folder / "received"
        source.write_bytes(data)
        order = _order(_type_of(source, limits), limits)
        try:
            code, told = DECODER.run(_whole(order, source, folder), _environment(), seconds=SECONDS)
        except TimeoutError:
            raise _took_too_long(order) from None
        errors = folder / child.ERRORS
        result = _result_of(code, told, errors.read_bytes() if errors.exists() else b"", folder)
        return PreparedPicture(PictureFacts(**result["facts"]), (folder / "original").read_bytes())


@contextmanager
def edited(source: Path, edit: PictureEdit) -> Iterator[PreparedFile]:
    """Crop and turn a stored picture."""
    with tempfile.TemporaryDirectory(prefix="masthead-") as folder:
        yield _prepared({"do": "edit", "edit": asdict(edit)}, source, Path(folder))


@contextmanager
def variants(
    source: Path, media_type: str, widths: Sequence[int], focus: tuple[float, float] = (0.5, 0.5)
) -> Iterator[tuple[list[tuple[MadeVariant, Path]], str]]:
    """Make the variants of a stored picture, and its placeholder."""
    with tempfile.TemporaryDirectory(prefix="masthead-") as name:
        folder = Path(name)
        order = {"do": "variants", "media_type": media_type, "widths": list(widths), "focus": focus}
        result = _run(order, source, folder)
        made = [MadeVariant(**one) for one in result["variants"]]
        yield [(one, folder / one.file) for one in made], result["placeholder"]


def _type_of(source: Path, limits: UploadLimits) -> kinds.FileType:
    with source.open("rb") as file:
        head = file.read(kinds.SVG_BYTES)
    if not head:
        raise PictureRefused("This file is empty. Choose another one.")
    kind = kinds.of(head)
    if limits.is_for_pictures and (kind is None or kind.kind != "image"):
        raise PictureRefused(_NO_PICTURE)
    if kind is None:
        raise PictureRefused(_UNKNOWN)
    if kind.media_type not in limits.media_types:
        raise PictureRefused(_NOT_HERE.format(kind.media_type))
    return kind


def _order(kind: kinds.FileType, limits: UploadLimits) -> dict[str, Any]:
    do = "prepare" if kind.kind == "image" else "check"
    bounds = {"limit_bytes": limits.size, "limit_pixels": limits.pixels}
    return {"do": do, "media_type": kind.media_type, **bounds}


def _prepared(order: dict[str, Any], source: Path, folder: Path) -> PreparedFile:
    result = _run(order, source, folder)
    return PreparedFile(PictureFacts(**result["facts"]), folder / "original")


def _run(order: dict[str, Any], source: Path, folder: Path) -> dict[str, Any]:
    """Carry out an order in a process of its own; raises `PictureRefused` if it refuses, dies or takes too long."""
    if not _places.acquire(timeout=SECONDS):
        raise Busy(_BUSY)
    try:
        return _answer(order, source, folder)
    finally:
        _places.release()


def _answer(order: dict[str, Any], source: Path, folder: Path) -> dict[str, Any]:
    told = json.dumps(_whole(order, source, folder))
    try:
        done = subprocess.run(  # noqa: S603 (our own program, and no word of the order is a command)
            [sys.executable, "-P", "-m", child.__name__],
            input=told.encode(),
            capture_output=True,
            timeout=SECONDS,
            env=_environment(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _took_too_long(order) from None
    return _result_of(done.returncode, done.stdout, done.stderr, folder)


def _whole(order: dict[str, Any], source: Path, folder: Path) -> dict[str, Any]:
    return order | {"source": str(source), "folder": str(folder), "largest_file": LARGEST_FILE_BYTES}


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}


def _took_too_long(order: dict[str, Any]) -> PictureRefused:
    log.warning("a file took too long to read", order=order["do"], seconds=SECONDS)
    return PictureRefused(_TOO_COSTLY)


def _result_of(code: int, told: bytes, errors: bytes, folder: Path) -> dict[str, Any]:
    if code != 0:
        reason = errors.decode("utf-8", "replace")[-500:]
        log.warning("the process that reads files has died", code=code, reason=reason)
        raise PictureRefused(_TOO_COSTLY)
    result: dict[str, Any] = json.loads(told)
    if "full" in result:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    if "refused" in result:
        raise PictureRefused(result["refused"])
    return result
