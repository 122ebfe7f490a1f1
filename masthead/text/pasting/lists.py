"""Lists as Word copies them: paragraphs with a level in their style, and a bullet or a number in their text."""

import re
from typing import Final

from bs4 import BeautifulSoup, Tag

#: The class of what Word draws before an item.
LIST_MARKER: Final = "pasted-list-marker"
#: Markdown's numbers have at most nine digits.
NUMBER_DIGITS: Final = 9
_LEVEL: Final = re.compile(r"mso-list:[^;]*\blevel(\d)")
_NUMBER: Final = re.compile(r"^\(?(?:\d{1,9}|[a-zA-Z]{1,4})[.)]")


def join_word_lists(tree: BeautifulSoup) -> None:
    """Make lists of the paragraphs that stand for items."""
    lists: list[Tag] = []
    previous: Tag | None = None
    for paragraph in tree.find_all("p"):
        level = _level(paragraph)
        if level == 0:
            continue
        if previous is None or _element_before(paragraph) is not lists[0]:
            lists = []
        is_numbered = _take_marker(paragraph)
        del lists[level:]
        while len(lists) < level:
            _begin_list(tree, lists, paragraph, is_numbered=is_numbered)
        paragraph.name = "li"
        lists[-1].append(paragraph.extract())
        previous = paragraph


def tidy_lists(tree: BeautifulSoup) -> None:
    """Put lists between items into the item before them, and take the paragraphs of items away that hold one each."""
    for inner in tree.find_all(["ul", "ol"]):
        if not str(inner.get("start") or "1").isascii() or len(str(inner.get("start") or "")) > NUMBER_DIGITS:
            del inner["start"]
        item = inner.find_previous_sibling("li")
        if inner.parent is not None and inner.parent.name in {"ul", "ol"} and isinstance(item, Tag):
            item.append(inner.extract())
    for item in tree.find_all("li"):
        paragraphs = item.find_all("p", recursive=False)
        if len(paragraphs) == 1:
            paragraphs[0].unwrap()


def _level(paragraph: Tag) -> int:
    found = _LEVEL.search(str(paragraph.get("style") or ""))
    if found:
        return min(int(found[1]), 9) or 1
    return 1 if "MsoListParagraph" in str(paragraph.get("class") or "") else 0


def _element_before(paragraph: Tag) -> Tag | None:
    for sibling in paragraph.previous_siblings:
        if isinstance(sibling, Tag):
            return sibling
        if str(sibling).strip():
            return None
    return None


def _take_marker(paragraph: Tag) -> bool:
    """Remove the bullet or the number; return whether it was a number."""
    marker = paragraph.find(class_=LIST_MARKER)
    if not isinstance(marker, Tag):
        return False
    text = marker.get_text().strip()
    marker.decompose()
    return _NUMBER.match(text) is not None


def _begin_list(tree: BeautifulSoup, lists: list[Tag], paragraph: Tag, *, is_numbered: bool) -> None:
    """Begin a list before a paragraph, or within the last item of the list around it."""
    begun = tree.new_tag("ol" if is_numbered else "ul")
    if not lists:
        paragraph.insert_before(begun)
    else:
        items = list(lists[-1].find_all("li", recursive=False)) or [tree.new_tag("li")]
        if items[-1].parent is None:
            lists[-1].append(items[-1])
        items[-1].append(begun)
    lists.append(begun)
