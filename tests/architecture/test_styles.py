"""Style sheets and scripts are small, and follow the direction of the text."""

import re

import pytest

from tests.architecture.source import PACKAGE

STYLES = sorted((PACKAGE / "static/css").glob("*.css"))
#: What a page for anonymous readers links, code included.
PUBLIC_STYLES = ("tokens.css", "site.css", "code.css", "print.css")
PUBLIC_STYLE_BYTES = 30 * 1024
SCRIPT_BYTES = 15 * 1024
#: Sides that stay where they are when the text runs from right to left.
PHYSICAL = re.compile(
    r"(?:^|[\s;{])(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom)\s*:"
)


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_a_style_sheet_follows_the_direction_of_the_text(style):
    assert PHYSICAL.search(style.read_text(encoding="utf-8")) is None


def test_public_styles_are_small():
    sizes = {name: (PACKAGE / "static/css" / name).stat().st_size for name in PUBLIC_STYLES}
    assert sum(sizes.values()) < PUBLIC_STYLE_BYTES, sizes


def test_scripts_are_small():
    sizes = {script.name: script.stat().st_size for script in (PACKAGE / "static/js").glob("*.js")}
    assert sum(sizes.values()) < SCRIPT_BYTES, sizes
