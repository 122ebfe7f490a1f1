"""Rich text from a clipboard as Markdown: what Word, Google Docs and web pages copy, without their styles.

The clipboard is sanitised first. Bold and italics that are written as styles, and Word's paragraphs that stand for lists,
become elements; markdownify writes the Markdown.
"""

import re
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import nh3
from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

from masthead.text import html_limits
from masthead.text.html_limits import words
from masthead.text.pasting.lists import LIST_MARKER, join_word_lists, tidy_lists
from masthead.text.sanitise import DROPPED_WITH_CONTENT

#: Larger or deeper rich texts are pasted without their formatting. The library compares each item and each row with those
#: before it, so that elements cost the square of their number; spans do not.
MAX_CHARACTERS: Final = 500_000
MAX_DEPTH: Final = 60
MAX_ELEMENTS: Final = 4_000
MAX_SPANS: Final = 20_000

_TAGS: Final = words(
    "a b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img input kbd li ol p pre s span strike strong sub "
    "sup table tbody td tfoot th thead tr u ul"
)
_ATTRIBUTES: Final = {
    "*": set(words("class style")),
    "a": {"href"},
    "img": set(words("alt src")),
    "input": set(words("checked type")),
    "ol": {"start"},
}
_STYLES: Final = words("font-weight font-style text-decoration text-decoration-line mso-list")
_TAG: Final = re.compile(r"<(/?)([a-z0-9]+)[^>]*>")
_VOID: Final = words("br hr img input")
_WEIGHT: Final = re.compile(r"font-weight:([a-z]{4,7}|\d{1,4})")
BOLD: Final = 600

#: Word marks the bullets and numbers that it draws itself.
_WORD_MARKERS: Final = (
    ("<![if !supportLists]>", f'<span class="{LIST_MARKER}">'),
    ("<!--[if !supportLists]-->", f'<span class="{LIST_MARKER}">'),
    ("<![endif]>", "</span>"),
    ("<!--[endif]-->", "</span>"),
)
_SPECIAL: Final = re.compile(r"([\\*`\[]|<(?=[A-Za-z/!?])|&(?=#?\w+;)|(?<!\w)_|_(?!\w))")
_LINE_START: Final = re.compile(r"^([ \t]*)([-+>]|#{1,6}|\d{1,9}(?=[.)]))(?=[ .)\t]|$)")
_BLANK_LINES: Final = re.compile(r"\n{3,}")
_LINE_END: Final = re.compile(r"[ \t]+$", re.MULTILINE)


def markdown_of(html: str) -> str:
    """Return the Markdown of a copied rich text; empty if it is too large or too deep."""
    for found, marker in _WORD_MARKERS:
        html = html.replace(found, marker)
    tamed = html_limits.tame(html)
    if "<" in html and "<" not in tamed:
        # Too deep to be parsed: a text that shows its own tags is worse than the plain one.
        return ""
    cleaned = nh3.clean(
        tamed,
        tags=set(_TAGS),
        clean_content_tags=set(DROPPED_WITH_CONTENT - _TAGS),
        attributes=_ATTRIBUTES,
        filter_style_properties=set(_STYLES),
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    if len(cleaned) > MAX_CHARACTERS or not _is_convertible(cleaned):
        return ""
    tree = BeautifulSoup(cleaned, "html.parser")
    join_word_lists(tree)
    tidy_lists(tree)
    _write_styles_as_elements(tree)
    _lower_headings(tree)
    _drop_empty(tree)
    written: str = _Converter().convert_soup(tree)
    written = written.replace("\N{NO-BREAK SPACE}", " ")
    return _BLANK_LINES.sub("\n\n", _LINE_END.sub("", written)).strip()


def _is_convertible(html: str) -> bool:
    depth = most = elements = spans = 0
    for close, name in _TAG.findall(html):
        spans += name == "span"
        elements += name != "span"
        if name not in _VOID:
            depth += -1 if close else 1
            most = max(most, depth)
    return most <= MAX_DEPTH and elements <= 2 * MAX_ELEMENTS and spans <= 2 * MAX_SPANS


def _write_styles_as_elements(tree: BeautifulSoup) -> None:
    for element in tree.find_all(["span", "b", "strong", "i", "em"]):
        style = str(element.get("style") or "").replace(" ", "").lower()
        weight = _WEIGHT.search(style)
        is_bold = weight is not None and (
            weight[1].startswith("bold") or (weight[1].isdigit() and int(weight[1]) >= BOLD)
        )
        if weight is not None and not is_bold and element.name in {"b", "strong"}:
            # Google Docs wraps a whole text in <b style="font-weight:normal">.
            element.name = "span"
        names = ["strong"] if is_bold and element.name not in {"b", "strong"} else []
        if "font-style:italic" in style and element.name not in {"i", "em"}:
            names.append("em")
        if "line-through" in style:
            names.append("del")
        for name in names:
            _mark(tree, element, name)


def _mark(tree: BeautifulSoup, element: Tag, name: str) -> None:
    """Put what an element holds into another one: wrapping the element itself would search it among its siblings."""
    if not element.get_text(strip=True) or element.find_parent(name) is not None:
        return
    inner = tree.new_tag(name)
    for child in list(element.contents):
        inner.append(child.extract())
    element.append(inner)


def _lower_headings(tree: BeautifulSoup) -> None:
    """Make the largest heading one of the second level, below the title of the post, and take its bold marks away."""
    step = 1 if tree.find("h1") is not None else 0
    for heading in tree.find_all(["h1", "h2", "h3", "h4", "h5", "h6"]):
        heading.name = f"h{min(6, int(heading.name[1]) + step)}"
        for bold in heading.find_all(["b", "strong"]):
            bold.unwrap()


def _drop_empty(tree: BeautifulSoup) -> None:
    for paragraph in tree.find_all("p"):
        if not paragraph.get_text(strip=True) and paragraph.find("img") is None:
            paragraph.decompose()
    for link in tree.find_all("a"):
        url = urlsplit(str(link.get("href") or ""))
        if url.netloc == "www.google.com" and url.path == "/url":
            # Google Docs counts clicks.
            link["href"] = parse_qs(url.query).get("q", [link["href"]])[0]
        if not url.scheme or not (link.get_text(strip=True) or link.find("img")):
            link.unwrap()
    for picture in tree.find_all("img"):
        if urlsplit(str(picture.get("src") or "")).scheme not in {"http", "https"}:
            picture.decompose()


class _Converter(MarkdownConverter):
    """Markdown as a person would write it."""

    def __init__(self) -> None:
        super().__init__(
            heading_style="ATX",
            bullets="-",
            newline_style="backslash",
            sub_symbol="<sub>",
            sup_symbol="<sup>",
            table_infer_header=True,
            code_language_callback=_language,
        )

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Escape what Markdown would read as a mark, and nothing else."""
        escaped = _LINE_START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", text))
        # A number is escaped behind its digits.
        escaped = re.sub(r"^([ \t]*)\\(\d{1,9})([.)])", r"\1\2\\\3", escaped)
        return escaped.replace("|", r"\|") if parent_tags & {"td", "th"} else escaped

    def convert_input(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        """Write the box of a task."""
        if element.get("type") != "checkbox":
            return ""
        return "[x]" if element.has_attr("checked") else "[ ]"

    def convert_br(self, element: Tag, text: str, parent_tags: set[str]) -> str:
        """Write a line break, as an element in a cell, which holds one line."""
        if parent_tags & {"td", "th"}:
            return "<br>"
        written: str = super().convert_br(element, text, parent_tags)
        return written


def _language(element: Any) -> str:
    code = element.find("code")
    names = " ".join((code or element).get("class") or []) + " " + " ".join(element.get("class") or [])
    found = re.search(r"(?:language|lang|highlight-source)-([\w+#-]+)", names)
    return found[1] if found else ""
