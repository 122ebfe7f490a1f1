"""Small values that the processes which read files exchange; without a decoder."""

from dataclasses import dataclass
from typing import Final

#: The formats of variants, and the extensions of their addresses.
ENDINGS: Final = {"image/avif": "avif", "image/webp": "webp", "image/jpeg": "jpg", "image/png": "png"}
#: Degrees clockwise.
ROTATIONS: Final = (0, 90, 180, 270)


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """Metadata of a stored image; small enough to travel between processes."""

    media_type: str
    extension: str
    width: int
    height: int
    #: In bytes.
    size: int
    content_hash: str
    source_hash: str
    kind: str = "image"
    #: The copyright notice that the file carries.
    credit: str = ""

    @property
    def path(self) -> str:
        """The path of the file, below the folder and below `/media/`: 120 bits of its content hash."""
        return f"{self.content_hash[:2]}/{self.content_hash[2:32]}.{self.extension}"


@dataclass(frozen=True, slots=True)
class PreparedPicture:
    """An encoded image and its metadata."""

    facts: PictureFacts
    content: bytes

    @property
    def path(self) -> str:
        """The path of the file; see `PictureFacts`."""
        return self.facts.path


@dataclass(frozen=True, slots=True)
class MadeVariant:
    """A variant that was made, and the file that holds it."""

    file: str
    media_type: str
    width: int
    height: int
    size: int
    content_hash: str
    #: True for the picture of a card: a part of the picture, in another shape.
    is_crop: bool = False

    @property
    def ending(self) -> str:
        """The extension of its address."""
        return ENDINGS[self.media_type]


@dataclass(frozen=True, slots=True)
class PictureEdit:
    """Degrees clockwise, then a cut, as fractions of the turned picture."""

    rotation: int = 0
    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0

    @property
    def is_nothing(self) -> bool:
        """True if the picture stays as it was brought in."""
        return self == PictureEdit()

    def problem(self) -> str | None:
        """Return the mistake, as a sentence."""
        if self.rotation not in ROTATIONS:
            return "Turn the picture by 0, 90, 180 or 270 degrees."
        inside = 0 <= self.left < 1 and 0 <= self.top < 1 and self.width > 0 and self.height > 0
        # Rounded fractions may add up to a little more than the whole.
        if not inside or self.left + self.width > 1.000_001 or self.top + self.height > 1.000_001:
            return "Choose a part inside the picture."
        return None
