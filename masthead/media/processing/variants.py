"""Makes the variants of a picture: smaller sizes in several formats, and a tiny blurred placeholder. Pure.

A variant keeps the copyright notice of the picture: it is what people save from a page.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageFilter

from masthead.media.processing import animations, notices
from masthead.media.processing.facts import ENDINGS, MadeVariant

#: Media type → Pillow's format and the options of its encoder, in the order in which browsers are offered them.
#: AVIF at speed 8 costs a quarter of the time of its default, for five per cent more bytes.
MODERN: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "image/avif": ("AVIF", {"quality": 58, "speed": 8, "max_threads": 1}),
    "image/webp": ("WEBP", {"quality": 78, "method": 2}),
}
#: The original kinds that get variants. A drawing is shown as it is.
CLASSIC: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "image/jpeg": ("JPEG", {"quality": 80, "progressive": True, "optimize": True}),
    "image/png": ("PNG", {"compress_level": 6}),
}
PLACEHOLDER_SIDE: Final = 16
#: The picture of a card on social networks: 1.91 to 1, and as JPEG, because not all of them read newer formats.
CARD: Final = (1200, 630)
#: Networks show a smaller picture as a thumbnail beside the words.
LEAST_CARD_WIDTH: Final = 600
Point = tuple[float, float]


def make(
    source: Path, media_type: str, folder: Path, wanted: Sequence[int], focus: Point = (0.5, 0.5)
) -> tuple[list[MadeVariant], str]:
    """Write the variants of a picture into a folder, and return them with its placeholder.

    Each size is made from the next larger one, which costs a third of making all from the original. The card is cut
    around the focal point.
    """
    with Image.open(source) as image:
        widths = [width for width in sorted(wanted) if width < image.width]
        if getattr(image, "is_animated", False):
            made = animations.make(image, media_type, folder, widths, size=source.stat().st_size)
            image.seek(0)
            return made, _placeholder(_plain(image))
        if media_type not in ENDINGS:
            return [], _placeholder(_plain(image))
        # A JPEG is decoded at half or a quarter of its size, if that is still large enough.
        if widths:
            image.draft(image.mode, (max(widths[-1], CARD[0]), CARD[1]))
        notice = notices.of(image)
        step = _plain(image)
        full = image.size
    written_notice = {"exif": notice} if notice else {}
    made = list(_card(step, focus, folder, written_notice))
    for width in reversed(widths):
        step = _resized(step, width, full)
        made += _written(step, media_type, folder, written_notice)
    return made, _placeholder(step)


def _plain(image: Image.Image) -> Image.Image:
    """Return the pixels in a mode that every encoder takes."""
    image.load()
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _resized(image: Image.Image, width: int, full: tuple[int, int]) -> Image.Image:
    height = max(1, round(full[1] * width / full[0]))
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _written(
    image: Image.Image, media_type: str, folder: Path, notice: dict[str, bytes]
) -> Iterator[MadeVariant]:
    kinds = MODERN if media_type in MODERN else {media_type: CLASSIC[media_type], **MODERN}
    for kind, (name, options) in kinds.items():
        written = BytesIO()
        image.save(written, name, **options, **notice)
        yield _kept(folder / f"{image.width}.{ENDINGS[kind]}", kind, image, written.getvalue())


def _card(image: Image.Image, focus: Point, folder: Path, notice: dict[str, bytes]) -> Iterator[MadeVariant]:
    """Make the picture of a card, unless the original is too small for one."""
    width = min(image.width, image.height * CARD[0] / CARD[1])
    height = width * CARD[1] / CARD[0]
    if width < LEAST_CARD_WIDTH:
        return
    left, top = cut(image.width, width, focus[0]), cut(image.height, height, focus[1])
    shape = CARD if width > CARD[0] else (round(width), round(height))
    part = image.resize(shape, Image.Resampling.LANCZOS, (left, top, left + width, top + height), 2.0)
    if part.mode == "RGBA":
        # As on a page without a dark scheme, which is how networks show it.
        part = Image.alpha_composite(Image.new("RGBA", shape, "white"), part).convert("RGB")
    name, options = CLASSIC["image/jpeg"]
    written = BytesIO()
    part.save(written, name, **options, **notice)
    yield _kept(folder / "card.jpg", "image/jpeg", part, written.getvalue(), is_crop=True)


def cut(length: int, part: float, point: float) -> float:
    """Return where a part of this length begins that has the point in its middle, as far as the picture goes."""
    return min(max(point * length - part / 2, 0.0), length - part)


def _kept(
    path: Path, media_type: str, image: Image.Image, content: bytes, *, is_crop: bool = False
) -> MadeVariant:
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return MadeVariant(path.name, media_type, image.width, image.height, len(content), digest, is_crop)


def _placeholder(image: Image.Image) -> str:
    """Return a blurred miniature as a data URI of a few hundred bytes."""
    small = image.convert("RGB") if image.mode not in {"RGB", "RGBA"} else image.copy()
    small.thumbnail((PLACEHOLDER_SIDE, PLACEHOLDER_SIDE))
    written = BytesIO()
    small.filter(ImageFilter.GaussianBlur(1)).save(written, "WEBP", quality=40, method=4)
    return f"data:image/webp;base64,{base64.b64encode(written.getvalue()).decode()}"
