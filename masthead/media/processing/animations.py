"""Makes the variants of an animation: animated WebP in smaller widths, a fraction of the bytes of a GIF. Pure."""

import hashlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageSequence

from masthead.media.processing.facts import MadeVariant

#: The sum over all frames; encoding takes a second for each ten million. A longer animation is shown as it is.
PIXELS_LIMIT: Final = 40_000_000
WEBP: Final = "image/webp"
#: The largest numbers that an animated WebP holds: how often it plays, and the milliseconds of a frame.
MOST_PLAYS: Final = 2**16 - 1
LONGEST_FRAME: Final = 2**24 - 1
_OPTIONS: Final[dict[str, Any]] = {"quality": 75, "method": 1}


def make(
    image: Image.Image, media_type: str, folder: Path, widths: Sequence[int], *, size: int
) -> list[MadeVariant]:
    """Write animated WebP files of these widths, for another format also of its own; none that saves no bytes.

    ``size`` is the length of the file. An animation that the encoder refuses is shown as it is, too.
    """
    frames = getattr(image, "n_frames", 1)
    if frames * image.width * image.height > PIXELS_LIMIT:
        return []
    # Browsers choose among the WebP files alone, so the full width must be one of them.
    wanted = (
        sorted(widths, reverse=True) if media_type == WEBP else [image.width, *sorted(widths, reverse=True)]
    )
    durations: list[int] = []
    steps: list[Image.Image] = []
    for frame in ImageSequence.Iterator(image):
        steps.append(frame.convert("RGBA"))
        # Some decoders know it only when they have read the frame.
        durations.append(min(int(frame.info.get("duration") or 0), LONGEST_FRAME))
    options = _OPTIONS | {"save_all": True, "duration": durations, "loop": _plays(image, media_type)}
    made: list[MadeVariant] = []
    for width in wanted:
        height = max(1, round(image.height * width / image.width))
        if width != image.width:
            steps = [step.resize((width, height), Image.Resampling.LANCZOS) for step in steps]
        written = BytesIO()
        try:
            steps[0].save(written, "WEBP", append_images=steps[1:], **options)
        except (RuntimeError, ValueError, OverflowError):
            # Such as one whose frames take longer together than the format can count.
            return []
        content = written.getvalue()
        if len(content) >= size:
            return []
        path = folder / f"{width}.webp"
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        made.append(MadeVariant(path.name, WEBP, width, height, len(content), digest))
    return made


def _plays(image: Image.Image, media_type: str) -> int:
    """Return how often the animation plays, 0 for ever; a GIF counts repetitions, and plays once without a number."""
    plays = image.info.get("loop")
    if media_type == "image/gif":
        plays = 1 if plays is None else plays and plays + 1
    # Nobody sees the end of more than WebP can count.
    return int(plays) if plays and plays <= MOST_PLAYS else 0
