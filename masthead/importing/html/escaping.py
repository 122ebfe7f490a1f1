"""Escapes text so that Markdown shows it as it is."""

import re
from html import escape
from typing import Final

#: Characters that may begin markup anywhere in a line.
_INLINE: Final = re.compile(
    r"[\\`*\[\]<$~]"
    # An underscore within a word is no mark.
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|&(?=#?\w{1,40};)"
)
_ANY_INLINE: Final = re.compile(r"[\\`*\[\]<$~_&]")
_LINE_START: Final = re.compile(r"^([ \t]*)(?=([#>|=+:-])|\d{1,9}[.)](?:\s|$))")
_NUMBER: Final = re.compile(r"^([ \t]*\d{1,9})([.)])(?=\s|$)")
_SPACES: Final = re.compile(r"[ \t\r\n\f]+")
_BAD_IN_URL: Final = re.compile(r"[\s<>()\\\[\]\"`|]")


def collapsed(text: str) -> str:
    """The text with each run of white space as one space; no-break spaces stay."""
    return _SPACES.sub(" ", text)


def escaped(text: str) -> str:
    """Escape a text within a line."""
    # Most texts have nothing to escape, and looking around each letter takes longer.
    return _INLINE.sub(lambda match: "\\" + match[0], text) if _ANY_INLINE.search(text) else text


def line_starts_escaped(line: str) -> str:
    """Escape a mark at the beginning of a line that would make it another block."""
    number = _NUMBER.match(line)
    if number:
        return f"{number[1]}\\{line[number.end(1) :]}"
    match = _LINE_START.match(line)
    if match and match[2]:
        return f"{match[1]}\\{line[match.end() :]}"
    return line


def url(address: str) -> str:
    """An address for use between the parentheses of a link."""
    address = address.strip()
    encoded = _BAD_IN_URL.sub(_percent, address)
    return encoded.replace("&", "&amp;") if re.search(r"&#?\w+;", encoded) else encoded


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def title(text: str) -> str:
    """A title or caption between quotation marks."""
    return '"' + escaped(collapsed(text)).replace('"', '\\"') + '"'


def attribute(name: str, value: str) -> str:
    """An attribute of a tag on one line."""
    return f' {name}="{escape(collapsed(value))}"'


def fenced(code: str, language: str = "") -> str:
    """A block of code."""
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{code}\n{fence}"


def code_span(code: str) -> str:
    """Code within a line."""
    code = collapsed(code)
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    mark = "`" * (longest + 1)
    padding = (
        " "
        if code.startswith("`") or code.endswith("`") or (code.startswith(" ") and code.endswith(" "))
        else ""
    )
    return f"{mark}{padding}{code}{padding}{mark}"
