"""Text and elements of the export. No character is written that XML does not have, and no CDATA ends too early."""

import re
from typing import Final
from xml.sax.saxutils import escape, quoteattr

#: Everything but the characters of XML 1.0.
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def cdata(text: str) -> str:
    """A text in CDATA; an end mark inside is divided between two sections, as WordPress does it."""
    clean = _NO_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{clean}]]>"


def element(name: str, text: str) -> str:
    """An element with a text in CDATA."""
    return f"<{name}>{cdata(text)}</{name}>\n"


def plain(name: str, value: object) -> str:
    """An element with a number, a date or an address."""
    return f"<{name}>{escape(_NO_XML.sub('', str(value)))}</{name}>\n"


def attribute(value: str) -> str:
    """A quoted value of an attribute."""
    return quoteattr(_NO_XML.sub("", value))


def meta(key: str, value: object) -> str:
    """A field of an item."""
    inner = element("wp:meta_key", key) + element("wp:meta_value", str(value))
    return f"<wp:postmeta>\n{inner}</wp:postmeta>\n"
