"""Writes tables: as Markdown where it can say them, as HTML otherwise."""

from collections.abc import Iterator
from typing import Final

from masthead.importing.html import inline, raw
from masthead.importing.html.tree import BLOCKS, Element

_RULES: Final = {"align-left": ":---", "align-center": ":---:", "align-right": "---:", "": "---"}


def written(table: Element) -> str:
    """The table."""
    rows = list(_rows(table))
    head = _head(rows)
    if head is None or not _is_simple(table, rows):
        return raw.block(table)
    width = len(head)
    sides = [raw.alignment(cell) for cell in head]
    lines = [_line(head, width), "| " + " | ".join(_RULES[side] for side in sides) + " |"]
    lines += [_line(row, width) for row in rows if row is not head]
    return "\n".join(lines)


def _rows(table: Element) -> Iterator[list[Element]]:
    for element in table.elements():
        if element.name == "tr":
            yield [one for one in element.children if isinstance(one, Element) and one.name in {"td", "th"}]


def _head(rows: list[list[Element]]) -> list[Element] | None:
    """The cells of the only row of headings; None if the table has another shape."""
    if not rows or not rows[0] or not all(cell.name == "th" for cell in rows[0]):
        return None
    is_body_plain = all(cell.name == "td" for row in rows[1:] for cell in row)
    return rows[0] if is_body_plain else None


def _is_simple(table: Element, rows: list[list[Element]]) -> bool:
    width = len(rows[0])
    for row in rows:
        if len(row) != width or any(_spans(cell) or _holds_blocks(cell) for cell in row):
            return False
    return table.find("caption", "table", "tfoot") is None and all(
        isinstance(child, Element) or not child.strip() for child in table.children
    )


def _spans(cell: Element) -> bool:
    return cell.get("colspan") not in {"", "1"} or cell.get("rowspan") not in {"", "1"}


def _holds_blocks(cell: Element) -> bool:
    return any(one.name in BLOCKS for one in cell.elements())


def _line(row: list[Element], width: int) -> str:
    cells = [_cell(cell) for cell in row] + [""] * (width - len(row))
    return "| " + " | ".join(cells) + " |"


def _cell(cell: Element) -> str:
    text = inline.written(cell.children).replace(inline.HARD_BREAK, "<br>").replace("\n", " ")
    # A bar ends a cell, even within code.
    return text.replace("|", "\\|")
