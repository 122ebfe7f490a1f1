"""Finds the code in a Markdown text, which an import does not change.

Takes one pass over the lines in linear time. Cases that need a full parser (indentation inside of lists) count as text.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_FENCE: Final = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}(?=[^`]*$)|~{3,})")
_LIST_ITEM: Final = re.compile(r"[ \t>]{0,8}(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_INDENTED: Final = re.compile(r"(?: {4}| {0,3}\t)\s*\S")
_TICKS: Final = re.compile(r"`+")
_CODE: Final = re.compile(r"<(pre|code|textarea)\b[^<>]{0,2000}>", re.IGNORECASE)
_UNSEEN: Final = re.compile(r"<(pre|code|textarea|script|style)\b[^<>]{0,2000}>|<!--", re.IGNORECASE)


@dataclass(slots=True)
class TextSpans:
    """Spans of a text that do not overlap."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def contains(self, position: int) -> bool:
        """Check if a position is inside of a span."""
        index = bisect_right(self.starts, position) - 1
        return index >= 0 and position < self.ends[index]


def find_code(text: str) -> TextSpans:
    """Find code: blocks, spans, `<pre>` and `<code>`."""
    return _spans(text, _CODE)


def find_code_and_invisible(text: str) -> TextSpans:
    """Find code and invisible parts: comments, scripts and styles."""
    return _spans(text, _UNSEEN)


def _spans(text: str, element: re.Pattern[str]) -> TextSpans:
    found = sorted([*_blocks(text)])
    spans = TextSpans()
    for start, end in sorted([*found, *_inline(text, found, element)]):
        if spans.ends and start < spans.ends[-1]:
            spans.ends[-1] = max(spans.ends[-1], end)
        else:
            spans.starts.append(start)
            spans.ends.append(end)
    return spans


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    position = 0
    for line in text.splitlines(keepends=True):
        yield position, position + len(line), line.rstrip("\n")
        position += len(line)


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Fenced and indented blocks."""
    fence, opened, after_blank, in_list, in_code = "", 0, True, False, False
    for start, end, line in _lines(text):
        if fence:
            stripped = line.lstrip(" \t>").rstrip()
            if len(stripped) >= len(fence) and not stripped.strip(fence[0]):
                yield opened, end
                fence = ""
            continue
        opening = _FENCE.match(line)
        if opening:
            fence, opened, in_code = opening[1], start, False
        elif not line.strip():
            after_blank = True
            continue
        elif _INDENTED.match(line) and not in_list and (after_blank or in_code):
            in_code = True
            yield start, end
        else:
            in_code = False
            in_list = bool(_LIST_ITEM.match(line)) or (in_list and (not after_blank or line[0] in " \t"))
        after_blank = False
    if fence:
        yield opened, len(text)


def _inline(text: str, blocks: list[tuple[int, int]], element: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Code spans and elements between the blocks; a span ends with its paragraph."""
    position = 0
    for start, end in [*blocks, (len(text), len(text))]:
        if position < start:
            if "<" in text:
                yield from _elements(text, position, start, element)
            if "`" not in text:
                position = max(position, end)
                continue
            for paragraph in re.finditer(r"(?:[^\n]+\n?)+", text[position:start]):
                yield from _ticked(paragraph[0], position + paragraph.start())
        position = max(position, end)


def _ticked(paragraph: str, offset: int) -> Iterator[tuple[int, int]]:
    """Pairs of runs of backticks of the same length (CommonMark 6.1)."""
    runs = [(match.start(), match.end()) for match in _TICKS.finditer(paragraph)]
    by_length: dict[int, list[int]] = defaultdict(list)
    for index, (start, end) in enumerate(runs):
        by_length[end - start].append(index)
    cursor: dict[int, int] = defaultdict(int)
    index = 0
    while index < len(runs):
        start, end = runs[index]
        same = by_length[end - start]
        while cursor[end - start] < len(same) and same[cursor[end - start]] <= index:
            cursor[end - start] += 1
        if cursor[end - start] < len(same):
            closing = same[cursor[end - start]]
            yield offset + start, offset + runs[closing][1]
            index = closing
        index += 1


def _elements(text: str, start: int, end: int, element: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    position = start
    lowered = text[start:end].lower()
    while match := element.search(text, position, end):
        closer = f"</{match[1].lower()}" if match[0] != "<!--" else "-->"
        found = lowered.find(closer, match.end() - start)
        if found < 0:
            position = match.end()
            continue
        position = start + found + len(closer)
        yield match.start(), position
