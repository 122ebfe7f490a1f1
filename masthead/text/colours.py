"""One accent colour from the settings, made readable on each background of the two colour schemes.

Lightness is changed in OKLCH (Björn Ottosson, "A perceptual color space for image processing", 2020), where the hue stays constant; contrast is that of WCAG 2.2, success criterion 1.4.3.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

CONTRAST: Final = 4.5
#: The backgrounds of text: the paper, and the background of code and asides (`--paper`, `--paper-set-off`).
LIGHT_BACKGROUNDS: Final = ("#fdfcfa", "#f2f0ec")
DARK_BACKGROUNDS: Final = ("#131110", "#1e1c1a")

_HEX: Final = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
_BISECTIONS: Final = 20


@dataclass(frozen=True, slots=True)
class _Oklch:
    lightness: float
    chroma: float
    hue: float


def accent_variants(
    accent: str,
    *,
    light: Sequence[str] = LIGHT_BACKGROUNDS,
    dark: Sequence[str] = DARK_BACKGROUNDS,
) -> tuple[str, str]:
    """Return a colour `#rrggbb` for the light and for the dark scheme, each readable on its backgrounds."""
    return readable(accent, light), readable(accent, dark)


def readable(colour: str, backgrounds: Sequence[str]) -> str:
    """Return the colour, or the nearest in lightness that has a contrast of 4.5 on backgrounds of one scheme.

    Black or white has it on any single colour, so there is always one.
    """
    if _is_readable(colour, backgrounds):
        return normal(colour)
    wanted = _oklch(_rgb(colour))
    # The readable end of the interval is kept, so the result is always readable.
    end = "#000000" if _is_readable("#000000", backgrounds) else "#ffffff"
    near, far = wanted.lightness, 0.0 if end == "#000000" else 1.0
    for _ in range(_BISECTIONS):
        middle = (near + far) / 2
        if _is_readable(_hex(_Oklch(middle, wanted.chroma, wanted.hue)), backgrounds):
            far = middle
        else:
            near = middle
    found = _hex(_Oklch(far, wanted.chroma, wanted.hue))
    # Some chroma remains even at the end, which can cost the last hundredth of the contrast.
    return found if _is_readable(found, backgrounds) else end


def _is_readable(colour: str, backgrounds: Sequence[str]) -> bool:
    return all(contrast(colour, background) >= CONTRAST for background in backgrounds)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))))
    return (lighter + 0.05) / (darker + 0.05)


def normal(colour: str) -> str:
    """Return a colour as `#rrggbb` in lower case; raises an error that explains the format."""
    if _HEX.fullmatch(colour) is None:
        raise ValueError("Write the colour as # and six hexadecimal digits, for example #a3231f.")
    return colour.lower()


def _rgb(colour: str) -> tuple[float, float, float]:
    """Return linear light, 0 to 1, for each channel."""
    channels = [int(normal(colour)[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels
    )
    return red, green, blue


def _luminance(rgb: tuple[float, float, float]) -> float:
    red, green, blue = rgb
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklch(rgb: tuple[float, float, float]) -> _Oklch:
    red, green, blue = rgb
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    green_red = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    blue_yellow = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    lightness = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    return _Oklch(lightness, math.hypot(green_red, blue_yellow), math.atan2(blue_yellow, green_red))


def _hex(colour: _Oklch) -> str:
    """Return the colour, with less chroma if it is outside the sRGB gamut."""
    chroma = colour.chroma
    rgb = _linear(colour.lightness, chroma, colour.hue)
    while chroma > 0.001 and not all(-0.0001 <= channel <= 1.0001 for channel in rgb):
        chroma *= 0.95
        rgb = _linear(colour.lightness, chroma, colour.hue)
    return "#" + "".join(f"{_byte(channel):02x}" for channel in rgb)


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    green_red, blue_yellow = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * green_red + 0.2158037573 * blue_yellow) ** 3
    middle = (lightness - 0.1055613458 * green_red - 0.0638541728 * blue_yellow) ** 3
    short = (lightness - 0.0894841775 * green_red - 1.2914855480 * blue_yellow) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _byte(linear: float) -> int:
    value = min(max(linear, 0.0), 1.0)
    encoded = value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
    return round(encoded * 255)
