"""Turns and crops a picture. Pure."""

from io import BytesIO
from typing import Any, Final

from PIL import Image

from masthead.media.errors import PictureRefused
from masthead.media.processing.facts import PictureEdit

#: Degrees clockwise → what Pillow calls it; it counts the other way.
_TURNS: Final = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "JPEG": {"quality": 92},
    "WEBP": {"quality": 90},
    "AVIF": {"quality": 80, "speed": 8},
}


def apply(data: bytes, edit: PictureEdit) -> bytes:
    """Return the edited picture in its own format."""
    with Image.open(BytesIO(data)) as image:
        if getattr(image, "is_animated", False):
            raise PictureRefused(
                "An animation cannot be cropped or turned here. Edit it elsewhere, and replace the file."
            )
        kind, exif = image.format or "PNG", image.info.get("exif")
        image.load()
        turned = image.transpose(_TURNS[edit.rotation]) if edit.rotation else image
        width, height = turned.size
        left, top = round(edit.left * width), round(edit.top * height)
        right = max(left + 1, round((edit.left + edit.width) * width))
        bottom = max(top + 1, round((edit.top + edit.height) * height))
        cut = turned.crop((left, top, min(right, width), min(bottom, height)))
        written = BytesIO()
        cut.save(written, kind, **_OPTIONS.get(kind, {}), **({"exif": exif} if exif else {}))
        return written.getvalue()
