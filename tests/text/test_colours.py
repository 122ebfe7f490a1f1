import colorsys
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import masthead
from masthead.text import colours, highlighting

COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")
CODE_CSS = Path(masthead.__file__).parent / "static/css/code.css"


def hue(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return colorsys.rgb_to_hls(red, green, blue)[0] * 360


def test_contrast_is_that_of_wcag() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert colours.contrast("#ffffff", "#ffffff") == 1


def test_readable_colour_is_kept() -> None:
    assert colours.readable("#A3231F", colours.LIGHT_BACKGROUNDS) == "#a3231f"


@given(COLOURS)
def test_accent_is_readable_on_every_background_of_both_schemes(accent: str) -> None:
    light, dark = colours.accent_variants(accent)

    assert all(colours.contrast(light, background) >= 4.5 for background in colours.LIGHT_BACKGROUNDS)
    assert all(colours.contrast(dark, background) >= 4.5 for background in colours.DARK_BACKGROUNDS)


@given(COLOURS, COLOURS)
@example("#000005", "#008189")
def test_any_colour_becomes_readable_on_any_background(colour: str, background: str) -> None:
    assert colours.contrast(colours.readable(colour, [background]), background) >= 4.5


@pytest.mark.parametrize("accent", ["#b3261e", "#1f5fa8", "#ffd400", "#00a86b", "#7a3e9d"])
def test_variants_keep_the_hue(accent: str) -> None:
    for variant in colours.accent_variants(accent):
        assert abs((hue(variant) - hue(accent) + 180) % 360 - 180) < 15


@pytest.mark.parametrize("text", ["", "red", "#fff", "#12345g", "#1234567", "b3261e", "#b3261e;}"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="six hexadecimal digits"):
        colours.normal(text)


# The style sheet for code


def schemes() -> tuple[list[str], list[str]]:
    light, dark = CODE_CSS.read_text(encoding="utf-8").split("@media (prefers-color-scheme: dark)")
    return re.findall(r"--code-[a-z]+: (#\w{6});", light), re.findall(r"--code-[a-z]+: (#\w{6});", dark)


def test_code_colours_are_readable_in_both_schemes() -> None:
    for scheme, backgrounds in zip(
        schemes(), (colours.LIGHT_BACKGROUNDS, colours.DARK_BACKGROUNDS), strict=True
    ):
        assert len(scheme) == 10
        assert [
            colour for colour in scheme for ground in backgrounds if colours.contrast(colour, ground) < 4.5
        ] == []


def test_every_class_of_code_has_a_style() -> None:
    css = CODE_CSS.read_text(encoding="utf-8")

    assert set(re.findall(r"\.([a-z]+)[,)\s]", css.partition("*/")[2])) == highlighting.TOKEN_CLASSES
    assert len(css.encode()) < 4_096
