"""The canvas of the demonstration's scenes: two inks, soft gradients, and paper grain."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from random import Random

from PIL import Image, ImageChops, ImageDraw

WIDTH, HEIGHT = 1_600, 1_000
#: Supersampling factor, for smooth edges.
SCALE = 2
JPEG_QUALITY = 84
#: Strength of the grain, of 128. It also hides banding in gradients.
GRAIN = 9

Colour = tuple[int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Inks:
    """The palette of a picture, from paper to the darkest tone, and an accent."""

    paper: Colour
    haze: Colour
    ink: Colour
    spot: Colour


PALETTES: tuple[Inks, ...] = (
    Inks((244, 231, 211), (226, 165, 126), (52, 44, 66), (214, 84, 58)),
    Inks((232, 238, 232), (150, 182, 180), (24, 55, 66), (230, 150, 62)),
    Inks((246, 237, 216), (222, 190, 120), (66, 54, 36), (176, 58, 46)),
    Inks((231, 235, 244), (158, 172, 206), (34, 40, 82), (238, 176, 92)),
    Inks((240, 232, 226), (204, 160, 158), (72, 34, 54), (226, 122, 76)),
    Inks((234, 240, 222), (164, 188, 138), (30, 56, 46), (222, 108, 62)),
)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Mix two colours: 0 is the first, 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


class Canvas:
    """A canvas of 1,600 × 1,000 points; every length is in points."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)  # noqa: S311 - pictures are no secrets
        self.inks = self.random.choice(PALETTES)
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), self.inks.paper)
        self._draw = ImageDraw.Draw(self.image)

    def tone(self, depth: float) -> Colour:
        """Return a tone from the haze (0) to the darkest ink (1)."""
        return mix(self.inks.haze, self.inks.ink, depth)

    def fill(self, top: Colour, bottom: Colour, *, begin: float = 0, end: float = HEIGHT) -> None:
        """Draw a vertical gradient over the whole width."""
        height = round((end - begin) * SCALE)
        band = Image.linear_gradient("L").resize((WIDTH * SCALE, height))
        place = (0, round(begin * SCALE))
        self.image.paste(Image.new("RGB", band.size, top), place)
        self.image.paste(Image.new("RGB", band.size, bottom), place, band)

    def polygon(self, points: Sequence[Point], colour: Colour) -> None:
        """Draw a filled polygon."""
        self._draw.polygon([(x * SCALE, y * SCALE) for x, y in points], colour)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Draw a filled rectangle."""
        self._draw.rectangle([x * SCALE, y * SCALE, (x + width) * SCALE, (y + height) * SCALE], colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """Draw a filled circle."""
        self._draw.ellipse(_around(x, y, radius), colour)

    def ring(self, x: float, y: float, radius: float, colour: Colour, width: float) -> None:
        """Draw the outline of a circle."""
        self._draw.ellipse(_around(x, y, radius), outline=colour, width=round(width * SCALE))

    def line(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        """Draw a line through the points."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self._draw.line(scaled, colour, round(width * SCALE), joint="curve")

    def ridge(self, height: float, roughness: float) -> list[Point]:
        """Return the upper edge of hills at about this height, from left to right."""
        waves = [
            (self.random.uniform(0.5, 1.0) * roughness / n, n, self.random.uniform(0, math.tau))
            for n in (1, 2, 3, 5, 8, 13)
        ]
        return [
            (x, height + sum(size * math.sin(n * math.tau * x / WIDTH + phase) for size, n, phase in waves))
            for x in range(0, WIDTH + 9, 8)
        ]

    def spread(self, start: float, end: float, step: tuple[float, float]) -> Iterator[tuple[float, float]]:
        """Return adjacent intervals of random widths: start and width of each."""
        x = start
        while x < end:
            width = self.random.uniform(*step)
            yield x, width
            x += width

    def jpeg(self) -> bytes:
        """Return the picture with paper grain as JPEG."""
        image = self.image.reduce(SCALE)
        noise = Image.frombytes("L", image.size, self.random.randbytes(WIDTH * HEIGHT))
        grain = noise.point([128 + (value - 128) * GRAIN // 128 for value in range(256)]).convert("RGB")
        image = ImageChops.overlay(image, grain)
        written = BytesIO()
        image.save(written, "JPEG", quality=JPEG_QUALITY)
        return written.getvalue()


def _around(x: float, y: float, radius: float) -> list[float]:
    return [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
