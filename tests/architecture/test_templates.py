"""Every template compiles, every page has a title, and none holds a style or a script (the CSP forbids both inline)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from tests.architecture.source import PACKAGE

pytestmark = pytest.mark.databases("sqlite")
TEMPLATES = PACKAGE / "templates"
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE
)


def templates() -> Iterator[tuple[str, Path]]:
    for path in sorted(TEMPLATES.rglob("*")):
        if path.is_file():
            yield path.relative_to(TEMPLATES).as_posix(), path


def pages() -> Iterator[tuple[str, Path]]:
    """The templates of whole pages; those that begin with an underscore are parts."""
    for name, path in templates():
        if path.suffix == ".html" and not path.name.startswith("_") and "mail" not in name.split("/"):
            yield name, path


def test_every_template_compiles(app: Flask) -> None:
    for name, _ in templates():
        app.jinja_env.get_template(name)


def test_every_page_has_a_title(app: Flask) -> None:
    untitled = []
    for name, path in pages():
        tree = app.jinja_env.parse(path.read_text(encoding="utf-8"))
        titles = [block for block in tree.find_all(nodes.Block) if block.name == "title"]
        if not titles and not list(tree.find_all(nodes.Extends)):
            titles = re.findall(r"<title>.+</title>", path.read_text(encoding="utf-8"))
        if not titles:
            untitled.append(name)
    assert untitled == []


def test_no_template_holds_a_style_or_a_script() -> None:
    inline = [
        f"{name}:{number}: {line.strip()}"
        for name, path in templates()
        if "mail" not in name.split("/")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if INLINE.search(line)
    ]
    assert inline == []


def test_every_form_that_changes_something_has_a_token() -> None:
    bare = [
        name
        for name, path in templates()
        for form in re.findall(
            r"<form\b.*?</form>", path.read_text(encoding="utf-8"), re.DOTALL | re.IGNORECASE
        )
        if re.search(r"method=[\"']?post", form, re.IGNORECASE)
        and not re.search(r"csrf_token|hidden_tag|token\(", form)
    ]
    assert bare == []
