"""Validates and encodes uploaded images: pure, slow, and before any transaction.

The content determines the type, regardless of the file name. The header is checked for size and pixels before anything
is decoded. The stored file holds pixels and a copyright notice alone: no place and time of a photograph, no serial
number of a camera, no second file hidden behind the first.
"""

import hashlib
import re
import struct
import warnings
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import pi_heif
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

from masthead.media.errors import PictureRefused
from masthead.media.processing import notices, repairs, structure, svg
from masthead.media.processing.facts import PictureFacts, PreparedPicture

#: 50 million pixels are a photograph of 8,660 × 5,770; decoded, turned and encoded again, they take 400 MB.
PIXELS_LIMIT: Final = 50_000_000
#: The encoders of WebP and AVIF need 25 to 35 bytes for each pixel: 400 to 550 MB.
MODERN_PIXELS_LIMIT: Final = 16_000_000
FRAMES_LIMIT: Final = 1_000
#: The sum over all frames of an animation; more would be a film.
ANIMATION_PIXELS_LIMIT: Final = 100_000_000
BYTES_LIMIT: Final = 20_000_000

pi_heif.register_heif_opener()
# A second check behind our own one of the header. Pillow only warns up to twice the limit, so its warning is an error.
Image.MAX_IMAGE_PIXELS = PIXELS_LIMIT
warnings.simplefilter("error", Image.DecompressionBombWarning)
# Other warnings concern metadata that is dropped anyway, and nobody at the shell can act on them.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """A supported format: its media type, its file extension and its encoder options."""

    media_type: str
    extension: str
    modes: frozenset[str]
    options: dict[str, Any]
    is_animation_kept: bool = False
    pixels_limit: int = PIXELS_LIMIT


_COLOUR: Final = frozenset({"RGB", "RGBA"})
FORMATS: Final[dict[str, PictureFormat]] = {
    "JPEG": PictureFormat("image/jpeg", "jpg", frozenset({"L", "RGB"}), {"quality": 88}),
    "PNG": PictureFormat(
        "image/png",
        "png",
        frozenset({"1", "L", "LA", "P", "I;16"}) | _COLOUR,
        {},
        is_animation_kept=True,
    ),
    "WEBP": PictureFormat(
        "image/webp",
        "webp",
        _COLOUR,
        {"quality": 86, "method": 4},
        is_animation_kept=True,
        pixels_limit=MODERN_PIXELS_LIMIT,
    ),
    "GIF": PictureFormat(
        "image/gif", "gif", frozenset({"1", "L", "P"}) | _COLOUR, {"comment": b""}, is_animation_kept=True
    ),
    "AVIF": PictureFormat(
        "image/avif", "avif", _COLOUR, {"quality": 75, "speed": 8}, pixels_limit=MODERN_PIXELS_LIMIT
    ),
}
#: Formats of cameras that browsers do not show, and the format in which they are stored.
STORED_AS: Final = {"MPO": "JPEG", "HEIF": "JPEG"}
SVG: Final = PictureFormat("image/svg+xml", "svg", frozenset(), {})
#: The exceptions that Pillow's decoders raise for a broken file; none of them is a bug of ours.
BROKEN: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    Warning,
    struct.error,
    zlib.error,
)
_DAMAGED: Final = "This picture is damaged or cut off. Save it again, and try once more."
_TOO_LARGE: Final = "This picture has more than {} million pixels. Make it smaller first."
#: The signatures of our formats: Pillow does not distinguish a broken file from another type.
_BEGINNINGS: Final = re.compile(
    rb"\xff\xd8\xff|\x89PNG|GIF8|RIFF....WEBP|....ftyp(?:avi|hei|hev|mif|msf)", re.DOTALL
)
_SRGB: Final = ImageCms.createProfile("sRGB")


def prepare(
    data: bytes, *, limit_bytes: int = BYTES_LIMIT, limit_pixels: int = PIXELS_LIMIT
) -> PreparedPicture:
    """Validate and encode a file; raises `PictureRefused` with the reason. Runs in any process.

    A photograph is turned upright and brought to sRGB. An animated GIF, PNG or WebP stays animated; of an animated AVIF
    the first frame is kept. An SVG drawing is sanitised.
    """
    if not data:
        raise PictureRefused("This file is empty. Choose another one.")
    if len(data) > limit_bytes:
        raise PictureRefused(
            f"This picture has {len(data) / 1e6:.1f} MB; at most {limit_bytes / 1e6:.0f} MB are accepted. Make it smaller first."
        )
    source_hash = hashlib.sha256(data).hexdigest()
    if svg.is_svg(data):
        content, width, height = svg.sanitise(data)
        return _prepared(content, SVG, width, height, source_hash)
    data = repairs.without_damaged_notes(data)
    with _opened(data) as image:
        kind = STORED_AS.get(image.format or "", image.format or "")
        limit = min(limit_pixels, FORMATS[kind].pixels_limit)
        _check_pixels(image, limit, structure.frames(data, kind, limit=FRAMES_LIMIT))
        try:
            content = _decoded_and_bare(image, data, kind)
        except Image.DecompressionBombError:
            raise PictureRefused(_too_large(PIXELS_LIMIT)) from None
        except BROKEN:
            content = _completed(data, kind)
    # Turning a photograph upright has swapped its width and height.
    with _opened(content) as kept:
        width, height = kept.size
        credit = notices.words_of(kept)
    return _prepared(content, FORMATS[kind], width, height, source_hash, credit)


def _prepared(
    content: bytes, kind: PictureFormat, width: int, height: int, source_hash: str, credit: str = ""
) -> PreparedPicture:
    facts = PictureFacts(
        media_type=kind.media_type,
        extension=kind.extension,
        width=width,
        height=height,
        size=len(content),
        content_hash=hashlib.sha256(content).hexdigest(),
        source_hash=source_hash,
        credit=credit,
    )
    return PreparedPicture(facts, content)


def _completed(data: bytes, kind: str) -> bytes:
    """Return the image of a file that lacks only its end mark, or the still of a PNG with a broken animation."""
    mends = {"JPEG": repairs.with_its_end, "PNG": repairs.without_animation}
    try:
        whole = mends[kind](data) if kind in mends else None
        if whole is not None:
            with _opened(whole) as image:
                return _decoded_and_bare(image, whole, kind)
    except BROKEN:
        pass
    raise PictureRefused(_DAMAGED)


def _opened(data: bytes) -> Image.Image:
    """Open a file and read its header, if its format is supported."""
    try:
        return Image.open(BytesIO(data), formats=[*FORMATS, "HEIF"])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefused(_too_large(PIXELS_LIMIT)) from None
    except UnidentifiedImageError:
        raise PictureRefused(_unknown(data)) from None
    except BROKEN:
        raise PictureRefused(_DAMAGED) from None


def _unknown(data: bytes) -> str:
    if _BEGINNINGS.match(data):
        return _DAMAGED
    return (
        "This is no picture in a format that is accepted. Save it as JPEG, PNG, WebP, GIF, AVIF, HEIC or SVG."
    )


def _too_large(limit: int) -> str:
    return _TOO_LARGE.format(limit // 1_000_000)


def _check_pixels(image: Image.Image, limit: int, frames: int) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise PictureRefused("This picture has no pixels. Choose another one.")
    if width * height > limit:
        raise PictureRefused(_too_large(limit))
    if frames > FRAMES_LIMIT or frames * width * height > max(ANIMATION_PIXELS_LIMIT, width * height):
        raise PictureRefused(
            "This animation is too long for its size. Shorten it, make it smaller, or use a film."
        )


def _decoded_and_bare(image: Image.Image, data: bytes, kind: str) -> bytes:
    """Return the file if it holds pixels and a notice of ours alone, otherwise a new encoding; both are fully decoded."""
    is_animation = FORMATS[kind].is_animation_kept and getattr(image, "is_animated", False)
    notice = notices.of(image) if kind in notices.FORMATS else b""
    if image.format == "HEIF" or not structure.is_bare(data, kind, notice=_as_stored(image, kind, notice)):
        if is_animation:
            return _encoded_animation(image, kind, notice)
        return _encoded(image, data, kind, notice)
    for frame in range(getattr(image, "n_frames", 1) if is_animation else 1):
        if is_animation:
            image.seek(frame)
        image.load()
    return data


def _as_stored(image: Image.Image, kind: str, notice: bytes) -> bytes:
    """Return the notice if the file may hold it: in an AVIF, its whole Exif item is this notice."""
    return b"" if kind == "AVIF" and image.info.get("exif") != notice else notice


def _encoded_animation(image: Image.Image, kind: str, notice: bytes) -> bytes:
    written = BytesIO()
    options = dict(FORMATS[kind].options)
    if kind == "WEBP":
        # Pillow would give every frame the duration of the first one.
        options |= {"duration": _durations(image), "loop": image.info.get("loop", 0)}
        # Nor would it leave out the header of the block, as it does in a still.
        options |= {"exif": notice.removeprefix(notices.PREFIX), "icc_profile": b"", "xmp": b""}
    if kind == "PNG":
        # Pillow returns each frame fully composed: it replaces the one before.
        options |= {"disposal": 0, "blend": 0, "exif": notice, "icc_profile": b""}
    image.save(written, kind, save_all=True, **options)
    return written.getvalue()


def _durations(image: Image.Image) -> list[int]:
    """Return the duration of each frame in milliseconds."""
    durations = []
    for frame in range(getattr(image, "n_frames", 1)):
        image.seek(frame)
        image.load()
        durations.append(int(image.info.get("duration") or 0))
    image.seek(0)
    return durations


def _encoded(image: Image.Image, data: bytes, kind: str, notice: bytes) -> bytes:
    written, chosen = BytesIO(), FORMATS[kind]
    image.load()
    is_turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
    # For an upright image, exif_transpose makes a needless copy.
    upright = _in_srgb(ImageOps.exif_transpose(image) if is_turned else image)
    # Only the transparent colour may stay; all other metadata is dropped.
    upright.info = {name: upright.info[name] for name in ("transparency",) if name in upright.info}
    if upright.mode not in chosen.modes:
        upright = upright.convert("RGBA" if upright.has_transparency_data and kind != "JPEG" else "RGB")
        upright.info = {}
    lossless = {"lossless": True} if kind == "WEBP" and b"VP8L" in data[:64] else {}
    kept = {"exif": notice} if notice else {}
    upright.save(written, kind, **chosen.options, **lossless, **kept)
    return written.getvalue()


def _in_srgb(image: Image.Image) -> Image.Image:
    """Convert an image to sRGB, which every browser assumes; one with an unreadable profile stays as it is."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"L", "RGB", "RGBA", "CMYK"}:
        return image
    try:
        read = ImageCms.ImageCmsProfile(BytesIO(profile))
        target = "RGB" if image.mode in {"CMYK", "L"} else image.mode
        converted = ImageCms.profileToProfile(image, read, _SRGB, outputMode=target)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return converted or image
