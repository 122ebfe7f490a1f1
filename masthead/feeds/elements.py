"""Building XML that is always well-formed."""

from io import BytesIO
from xml.etree.ElementTree import Element, ElementTree, SubElement

from masthead.text.xml import legal


def root(name: str, attributes: dict[str, str]) -> Element:
    """The outermost element; names with a prefix need its declaration among the attributes."""
    return Element(name, {key: legal(value) for key, value in attributes.items()})


def add(
    parent: Element, name: str, text: str | None = None, attributes: dict[str, str] | None = None
) -> Element:
    """An element below another one, with its text. Characters that XML cannot hold are left out."""
    element = SubElement(parent, name, {key: legal(value) for key, value in (attributes or {}).items()})
    element.text = None if text is None else legal(text)
    return element


def document(element: Element) -> bytes:
    """The whole document in UTF-8."""
    written = BytesIO()
    ElementTree(element).write(written, encoding="utf-8", xml_declaration=True)
    return written.getvalue()
