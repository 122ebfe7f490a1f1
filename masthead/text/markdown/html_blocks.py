"""Markdown within HTML blocks with `<div markdown="1">`, as in kramdown and Markdown Extra.

CommonMark parses Markdown between tags that have empty lines beside them, so the rule adds those.
"""

import re
from typing import Final

_ASKS: Final = re.compile(r"""\smarkdown\s*=\s*["']?(?:1|block|span|true)["']?(?=[\s>])""", re.IGNORECASE)
_TAG: Final = re.compile(
    r"^ {0,3}<(/?)(address|article|aside|blockquote|center|dd|details|div|dl|dt|figcaption|figure|footer|header|main|nav|"
    r"p|section|summary|td|th)\b([^<>]*)>(.*)$",
    re.IGNORECASE,
)
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")


def opened(source: str) -> str:
    """Return Markdown with empty lines inside each HTML block with the `markdown` attribute."""
    if _ASKS.search(source) is None:
        return source
    lines: list[str] = []
    #: Names of open elements, with True for the `markdown` attribute.
    stack: list[tuple[str, bool]] = []
    fence = ""
    for line in source.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or (line.strip().strip(fence[0]) == "" and len(mark[1]) >= len(fence))):
            fence = "" if fence else mark[1]
        tag = None if fence or mark else _TAG.match(line)
        lines += _opened_line(line, tag, stack) if tag else [line]
    return "\n".join(lines)


def _opened_line(line: str, tag: re.Match[str], stack: list[tuple[str, bool]]) -> list[str]:
    name, rest = tag[2].lower(), tag[4]
    if tag[1]:
        asked = _closed(name, stack)
        return ["", line, ""] if asked else [line]
    asks = _ASKS.search(f"{tag[3]}>") is not None
    end = f"</{name}>"
    if rest.rstrip().lower().endswith(end):
        inner = rest.rstrip()[: -len(end)]
        return ["", f"<{tag[2]}{tag[3]}>", "", inner, "", end, ""] if asks else [line]
    stack.append((name, asks))
    return ["", f"<{tag[2]}{tag[3]}>", "", rest] if asks else [line]


def _closed(name: str, stack: list[tuple[str, bool]]) -> bool:
    """Close the innermost element of this name; return whether it had the `markdown` attribute."""
    for position in range(len(stack) - 1, max(-1, len(stack) - 100), -1):
        if stack[position][0] == name:
            asked = stack[position][1]
            del stack[position:]
            return asked
    return False
