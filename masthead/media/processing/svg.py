"""Sanitises SVG drawings: the result can run, load and link to nothing. Pure, and before any transaction.

svg-hush, Cloudflare's filter (https://github.com/cloudflare/svg-hush), keeps the elements and attributes of its list
and drops the document type with its entities. Its output is parsed once more and checked against the rules below, so
that a mistake of one of the two shows nothing to readers.
"""

import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element
from xml.parsers import expat

import py_svg_hush

from masthead.media.errors import PictureRefused

BYTES_LIMIT: Final = 4_000_000
#: The number of rendered elements, including every repetition by `use`.
ELEMENTS_LIMIT: Final = 50_000
DEPTH_LIMIT: Final = 100
#: The number of filter primitives, each of which processes every pixel.
FILTERS_LIMIT: Final = 50
#: The number of characters that entities expand to.
EXPANDED_LIMIT: Final = 100_000
#: The maximum pixels of each side that a page reserves for a drawing.
SIDE_LIMIT: Final = 16_000
#: The default size of a drawing without dimensions (https://www.w3.org/TR/css-images-3/#default-sizing).
DEFAULT_SIZE: Final = (300, 150)

_UNREADABLE: Final = "This SVG drawing cannot be read: it is damaged, or uses what has no place in a picture. Export it as PNG."
_TOO_MANY: Final = "This SVG drawing has too many parts for a page. Export it as PNG."
_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_HREFS: Final = ("href", f"{{{_XLINK}}}href")
_ELEMENTS: Final = frozenset(
    {
        "animate",
        "animateMotion",
        "animateTransform",
        "circle",
        "clipPath",
        "defs",
        "desc",
        "ellipse",
        "feBlend",
        "feColorMatrix",
        "feComponentTransfer",
        "feComposite",
        "feConvolveMatrix",
        "feDiffuseLighting",
        "feDisplacementMap",
        "feDistantLight",
        "feDropShadow",
        "feFlood",
        "feFuncA",
        "feFuncB",
        "feFuncG",
        "feFuncR",
        "feGaussianBlur",
        "feMerge",
        "feMergeNode",
        "feMorphology",
        "feOffset",
        "fePointLight",
        "feSpecularLighting",
        "feSpotLight",
        "feTile",
        "feTurbulence",
        "filter",
        "g",
        "image",
        "line",
        "linearGradient",
        "marker",
        "mask",
        "metadata",
        "mpath",
        "path",
        "pattern",
        "polygon",
        "polyline",
        "radialGradient",
        "rect",
        "stop",
        "style",
        "svg",
        "switch",
        "symbol",
        "text",
        "textPath",
        "title",
        "tspan",
        "use",
        "view",
    }
)
#: Elements that render nothing without a URL.
_BY_ADDRESS: Final = frozenset({"image", "use", "textPath", "mpath"})
_ANIMATIONS: Final = frozenset({"animate", "animateTransform"})
_EMBEDDED: Final = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_OWN: Final = re.compile(r"#[\w.:-]+")
#: CSS that loads resources, or is escaped so that nobody can tell: https://www.w3.org/TR/css-syntax-3/#escaping.
_REACHES_OUT: Final = re.compile(
    r"(?i)\\|//|@import|expression\(|javascript:|url\(\s*[\"']?\s*(?!#)|(?:image(?:-set)?|src|cross-fade)\("
)
_COMMENT: Final = re.compile(r"(?s)/\*.*?\*/")
_REFERENCE: Final = re.compile(r"url\(\s*[\"']?#([^)\"'\s]+)")
_LENGTH: Final = re.compile(r"\s*([0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})\s*(px|pt|pc|mm|cm|in|em|ex)?\s*")
#: CSS pixels in each unit (https://www.w3.org/TR/css-values-4/#absolute-lengths); `em` and `ex` of 16 pixels.
_PIXELS: Final = {
    "": 1.0,
    "px": 1.0,
    "pt": 96 / 72,
    "pc": 16.0,
    "mm": 96 / 25.4,
    "cm": 96 / 2.54,
    "in": 96.0,
    "em": 16.0,
    "ex": 8.0,
}

ET.register_namespace("", _SVG)
ET.register_namespace("xlink", _XLINK)


def is_svg(data: bytes) -> bool:
    """Return whether a file is text that begins like an SVG drawing; a photograph's metadata may contain the word."""
    beginning = data[:65_536].removeprefix(b"\xef\xbb\xbf").lstrip()
    return beginning.startswith(b"<") and b"<svg" in beginning.lower()


def sanitise(data: bytes) -> tuple[bytes, int, int]:
    """Return a drawing without scripts, links and external URLs, with its width and height in CSS pixels.

    Sanitising is idempotent. Raises `PictureRefused` for a file that is not well-formed XML or is too costly for a
    browser.
    """
    if len(data) > BYTES_LIMIT:
        raise PictureRefused(
            f"This drawing has {len(data) / 1e6:.1f} MB; at most {BYTES_LIMIT // 1_000_000} MB of SVG are accepted. Export it as PNG."
        )
    _Shape(data).check()
    root = _parsed(_filtered(data))
    _clean(root)
    _check_size(root)
    return ET.tostring(root, encoding="utf-8"), *_size(root)


def _filtered(data: bytes) -> bytes:
    try:
        filtered: bytes = py_svg_hush.filter_svg(
            data, keep_data_url_mime_types={"image": ["png", "jpeg", "gif", "webp"]}
        )
    except ValueError:
        raise PictureRefused(_UNREADABLE) from None
    return filtered


def _parsed(data: bytes) -> Element:
    # The filter has dropped the document type, and every entity with it.
    root = ET.fromstring(data)  # noqa: S314
    if root.tag != f"{{{_SVG}}}svg":
        raise PictureRefused("This file holds no SVG drawing. Save it again, or export it as PNG.")
    return root


class _Shape:
    """Counts elements, levels and entities before a tree is built: the filter recurses once per level."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._depth = self._elements = self._filters = self._expanded = 0

    def check(self) -> None:
        """Parse the drawing once; raises `PictureRefused`."""
        reader = expat.ParserCreate()
        reader.StartElementHandler, reader.EndElementHandler = self._begin, self._end
        reader.EntityDeclHandler = self._declare
        try:
            reader.Parse(self._data, True)
        except PictureRefused:
            raise
        except (expat.ExpatError, LookupError, ValueError):
            # Other errors concern encodings that Python does not know, or that do not encode texts.
            raise PictureRefused(_UNREADABLE) from None

    def _begin(self, name: str, _attributes: object) -> None:
        self._depth, self._elements = self._depth + 1, self._elements + 1
        self._filters += name.rpartition(":")[2].startswith("fe")
        if self._depth > DEPTH_LIMIT:
            raise PictureRefused("This SVG drawing is nested too deeply. Export it as PNG.")
        if self._elements > ELEMENTS_LIMIT or self._filters > FILTERS_LIMIT:
            raise PictureRefused(_TOO_MANY)

    def _end(self, _name: str) -> None:
        self._depth -= 1

    def _declare(self, name: str, is_parameter: int, value: str | None, *_rest: object) -> None:
        # Old programs write a short entity for a namespace; others can make a small file expand to a large one.
        self._expanded += len(value or "") * self._data.count(f"&{name};".encode())
        if is_parameter or "&" in (value or "") or self._expanded > EXPANDED_LIMIT:
            raise PictureRefused(_UNREADABLE)


def _clean(parent: Element) -> None:
    _clean_attributes(parent)
    for child in list(parent):
        if _may_stay(child):
            _clean(child)
        else:
            parent.remove(child)


def _may_stay(element: Element) -> bool:
    name = _local(element)
    if name not in _ELEMENTS:
        return False
    if name == "style":
        rules = _COMMENT.sub(" ", element.text or "")
        return not len(element) and _REACHES_OUT.search(rules) is None
    if name in _ANIMATIONS:
        return not re.search(r"(?i)href|\bon", element.get("attributeName", "href"))
    return name not in _BY_ADDRESS or any(_is_own_address(element.get(href, "")) for href in _HREFS)


def _local(element: Element) -> str:
    """Return the local name of an SVG element; empty for every other element."""
    namespace = f"{{{_SVG}}}"
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag.removeprefix(namespace) if tag.startswith(namespace) else ""


def _is_own_address(address: str) -> bool:
    return bool(_OWN.fullmatch(address.strip()) or _EMBEDDED.fullmatch(address.strip()))


def _clean_attributes(element: Element) -> None:
    for name, text in list(element.attrib.items()):
        local = name.rpartition("}")[2].lower()
        is_bad = local.startswith("on") or local in {"base", "src"} or _REACHES_OUT.search(text) is not None
        if name in _HREFS:
            is_bad = not _is_own_address(text)
        if name == "numOctaves":
            is_bad = re.fullmatch(r"[1-8]", text) is None
        if is_bad:
            del element.attrib[name]


def _check_size(root: Element) -> None:
    """Count the elements that a browser draws: nested `use` elements can multiply to billions."""
    named: dict[str | None, Element] = {}
    for element in root.iter():
        # Browsers use the first of several elements with the same id.
        if element.get("id"):
            named.setdefault(element.get("id"), element)
    sizes: dict[Element, int] = {}
    under_way: set[Element] = set()

    def size(element: Element) -> int:
        if element in sizes:
            return sizes[element]
        if element in under_way:
            raise PictureRefused("This SVG drawing repeats itself without end. Export it as PNG.")
        under_way.add(element)
        total = (
            1
            + sum(size(child) for child in element)
            + sum(size(named[name]) for name in _used(element, named))
        )
        under_way.discard(element)
        if total > ELEMENTS_LIMIT:
            raise PictureRefused(_TOO_MANY)
        sizes[element] = total
        return total

    try:
        size(root)
    except RecursionError:
        raise PictureRefused(_TOO_MANY) from None


def _used(element: Element, named: dict[str | None, Element]) -> Iterator[str]:
    """Return the ids that an element renders again: with `use`, as a pattern, a mask, a marker or the like."""
    names = [found for text in element.attrib.values() for found in _REFERENCE.findall(text)]
    if _local(element) == "use":
        names += [element.get(href, "").strip().removeprefix("#") for href in _HREFS]
    return (name for name in names if name in named)


def _size(root: Element) -> tuple[int, int]:
    width, height = _pixels(root.get("width", "")), _pixels(root.get("height", ""))
    box = [_pixels(part) for part in re.split(r"[\s,]+", root.get("viewBox", "").strip())]
    ratio = box[2] / box[3] if len(box) == 4 and box[2] and box[3] else None
    if ratio and not width and not height:
        width, height = box[2], box[3]
    elif ratio and not height:
        height = width / ratio
    elif ratio and not width:
        width = height * ratio
    width, height = width or DEFAULT_SIZE[0], height or DEFAULT_SIZE[1]
    shrunk = min(1.0, SIDE_LIMIT / max(width, height))
    return max(1, round(width * shrunk)), max(1, round(height * shrunk))


def _pixels(length: str) -> float:
    """Return a length in CSS pixels; 0 for percentages and invalid lengths."""
    found = _LENGTH.fullmatch(length)
    return float(found[1]) * _PIXELS[found[2] or ""] if found else 0.0
