"""The examples of the CommonMark specification, against the parser as it is and against what an article makes of them.

They come from the test folder that the wheel of marko 1.0.1 ships: version 0.29 of the specification.
"""

import re
from functools import cache
from importlib import metadata

import pytest
from markdown_it import MarkdownIt

from masthead.text import sanitise
from masthead.text.markdown import renderer

_EXAMPLE = re.compile(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL)

#: Version 0.31 of the specification, which the parser follows, reads HTML comments as HTML5 does.
COMMENTS_OF_A_LATER_VERSION = {622, 623}
HIGHLIGHTED_CODE = {112, 113}
BARE_ADDRESSES_ARE_LINKED = {598, 604, 607}
IMAGES_ALONE_BECOME_FIGURES = {513, 516, 527, *range(568, 575), *range(576, 583), 584, 585, 587}
DELIBERATE = (
    COMMENTS_OF_A_LATER_VERSION | HIGHLIGHTED_CODE | BARE_ADDRESSES_ARE_LINKED | IMAGES_ALONE_BECOME_FIGURES
)


@cache
def examples() -> dict[int, tuple[str, str]]:
    files = metadata.files("marko") or []
    (specification,) = [file for file in files if file.parts[-2:] == ("spec", "commonmark.txt")]
    text = specification.read_text(encoding="utf-8").replace("→", "\t")
    return dict(enumerate(_EXAMPLE.findall(text), start=1))


def normal(html: str) -> str:
    """Leave out what says the same: the newline of an empty quotation, our ids, how pictures load."""
    html = html.replace("<blockquote>\n</blockquote>", "<blockquote></blockquote>")
    return re.sub(r'(?<=<h\d) id="[^"]*"| (?:loading|decoding)="\w+"', "", html)


def test_all_examples_are_there() -> None:
    assert len(examples()) == 649


def test_parser_passes_every_example() -> None:
    parser = MarkdownIt("commonmark")

    failed = {
        number
        for number, (source, html) in examples().items()
        if normal(parser.render(source)) != normal(html)
    }

    assert failed == COMMENTS_OF_A_LATER_VERSION


def test_article_differs_from_the_sanitised_examples_only_on_purpose() -> None:
    different = {
        number
        for number, (source, html) in examples().items()
        if normal(renderer.render(source).html) != normal(sanitise.clean(html))
    }

    assert different == DELIBERATE


@pytest.mark.parametrize("number", sorted(IMAGES_ALONE_BECOME_FIGURES))
def test_example_that_becomes_a_figure_keeps_its_image(number: int) -> None:
    source, html = examples()[number]
    (address,) = re.findall(r'<img src="([^"]*)"', html)

    rendered = renderer.render(source).html

    assert rendered.startswith("<figure>")
    assert f'<img src="{address}"' in rendered
