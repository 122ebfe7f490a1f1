"""Each page compiles and says its title; nothing inline, which the content security policy would refuse; small styles."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

import masthead
from masthead.web import templating

PACKAGE = Path(masthead.__file__).parent
#: Letters are no pages: they have a subject, and their styles are written into their elements when they are sent.
TEMPLATES = sorted(path for path in (PACKAGE / "templates").rglob("*.html") if path.parent.name != "mail")
STYLES = sorted((PACKAGE / "static/css").glob("*.css"))
#: What a page for anonymous readers links, code included.
PUBLIC_STYLES = ("tokens.css", "site.css", "code.css", "print.css")
PUBLIC_STYLE_BYTES = 30 * 1024
SCRIPT_BYTES = 15 * 1024
LINE_CHARACTERS = 160

#: Scripts, styles and handlers written into the page.
INLINE = re.compile(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
#: Sides that stay where they are when the text runs from right to left.
PHYSICAL = re.compile(
    r"(?:^|[\s;{])(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom)\s*:"
)


def name_of(template: Path) -> str:
    return template.relative_to(PACKAGE / "templates").as_posix()


def is_page(template: Path) -> bool:
    """Whether it is rendered by itself: macros and frames begin with an underscore."""
    return not template.name.startswith("_")


@pytest.fixture(scope="module")
def environment():
    app = Flask("templates", template_folder=str(PACKAGE / "templates"))
    templating.init_app(app)
    return app.jinja_env


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_compiles(environment, template):
    environment.get_template(name_of(template))


@pytest.mark.parametrize("template", [template for template in TEMPLATES if is_page(template)], ids=name_of)
def test_page_sets_a_title(environment, template):
    tree = environment.parse(template.read_text())
    assert "title" in {block.name for block in tree.find_all(nodes.Block)}


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_template_has_nothing_inline(template):
    assert INLINE.search(template.read_text()) is None


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_style_sheet_follows_the_direction_of_the_text(style):
    assert PHYSICAL.search(style.read_text()) is None


def test_lines_of_templates_fit_on_a_screen():
    too_long = [
        f"{path.relative_to(PACKAGE)}:{number}: {len(line)} characters"
        for path in sorted((PACKAGE / "templates").rglob("*.*"))
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > LINE_CHARACTERS
    ]
    assert too_long == []


def test_public_styles_are_small():
    sizes = {name: (PACKAGE / "static/css" / name).stat().st_size for name in PUBLIC_STYLES}
    assert sum(sizes.values()) < PUBLIC_STYLE_BYTES, sizes


def test_scripts_are_small():
    sizes = {script.name: script.stat().st_size for script in (PACKAGE / "static/js").glob("*.js")}
    assert sum(sizes.values()) < SCRIPT_BYTES, sizes
