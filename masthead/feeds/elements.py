"""Builds well-formed XML."""

from io import BytesIO
from xml.etree.ElementTree import Element, ElementTree, SubElement

from masthead.text.xml import legal


def root(name: str, attributes: dict[str, str]) -> Element:
    """Return the root element; prefixed names need their declaration among the attributes."""
    return Element(name, {key: legal(value) for key, value in attributes.items()})


def add(
    parent: Element, name: str, text: str | None = None, attributes: dict[str, str] | None = None
) -> Element:
    """Add a child element with its text, without characters that XML cannot hold."""
    element = SubElement(parent, name, {key: legal(value) for key, value in (attributes or {}).items()})
    element.text = None if text is None else legal(text)
    return element


def document(element: Element) -> bytes:
    """Return the document in UTF-8."""
    written = BytesIO()
    ElementTree(element).write(written, encoding="utf-8", xml_declaration=True)
    return written.getvalue()
