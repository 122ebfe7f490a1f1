"""Prepares audio, video, documents and captions: checks their structure, and removes the place from films."""

import re
from pathlib import Path
from struct import unpack_from
from typing import IO, Final

from masthead.media.errors import PictureRefused
from masthead.text.plain import is_storable

CAPTIONS_BYTES: Final = 2_000_000
#: Boxes of an MP4 that hold notes of the camera, the place among them (ISO/IEC 14496-12, section 8.10; QuickTime).
_NOTES: Final = frozenset({b"udta", b"meta", b"uuid"})
_PARENTS: Final = frozenset({b"moov", b"trak"})
_ZEROES: Final = bytes(65_536)
_CUT_OFF: Final = "This file is damaged or cut off. Save it again, and try once more."
_TIMING: Final = re.compile(r"\d\d:\d\d[.:]\d\d.*-->")


def check(path: Path, media_type: str) -> None:
    """Check a file, and blank the notes of an MP4 in place; raises `PictureRefused`."""
    if media_type in {"video/mp4", "audio/mp4"}:
        _blank_notes(path)
    elif media_type == "text/vtt":
        _check_captions(path)
    elif media_type == "application/pdf":
        _check_pdf(path)


def _blank_notes(path: Path) -> None:
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        waiting, seen = [(0, size)], set()
        while waiting:
            position, end = waiting.pop()
            while position < end:
                name, start, behind = _box(file, position, end)
                seen.add(name)
                if name in _PARENTS:
                    waiting.append((start, behind))
                elif name in _NOTES:
                    _blank(file, position, start, behind)
                position = behind
    if b"moov" not in seen and b"moof" not in seen:
        raise PictureRefused(_CUT_OFF)


def _box(file: IO[bytes], position: int, end: int) -> tuple[bytes, int, int]:
    """Return the name of a box, and where its content begins and ends."""
    file.seek(position)
    head = file.read(16)
    if len(head) < 8:
        raise PictureRefused(_CUT_OFF)
    length, name = unpack_from(">I4s", head)
    start = position + 8
    if length == 1 and len(head) == 16:
        (length,) = unpack_from(">Q", head, 8)
        start += 8
    elif length == 0:
        length = end - position
    if position + length > end or position + length < start:
        raise PictureRefused(_CUT_OFF)
    return name, start, position + length


def _blank(file: IO[bytes], position: int, start: int, end: int) -> None:
    """Turn a box into free space of the same length, so that no offset into the file changes."""
    file.seek(position + 4)
    file.write(b"free")
    file.seek(start)
    while start < end:
        start += file.write(_ZEROES[: end - start])


def _check_captions(path: Path) -> None:
    if path.stat().st_size > CAPTIONS_BYTES:
        raise PictureRefused(
            f"Captions have at most {CAPTIONS_BYTES // 1_000_000} MB. Save them as WebVTT text."
        )
    try:
        words = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PictureRefused("These captions are not in UTF-8. Save them as WebVTT in UTF-8.") from None
    if not is_storable(words) or not _TIMING.search(words):
        raise PictureRefused(
            "These captions have no times. Save them as WebVTT, with lines such as 00:01.000 --> 00:04.000."
        )


def _check_pdf(path: Path) -> None:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        # Writers may leave some blank lines behind the mark (ISO 32000-1, annex H.3, note 18).
        file.seek(max(0, size - 2_048))
        if b"%%EOF" not in file.read():
            raise PictureRefused(_CUT_OFF)
