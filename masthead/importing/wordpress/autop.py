"""WordPress's rules for paragraphs: an empty line ends one, a line end within one is a break (`wpautop`)."""

import re
from typing import Final

_BLOCK: Final = (
    "table|thead|tfoot|caption|col|colgroup|tbody|tr|td|th|div|dl|dd|dt|ul|ol|li|pre|form|map|area|blockquote|address|style|p|"
    "h[1-6]|hr|fieldset|legend|section|article|aside|hgroup|header|footer|nav|figure|figcaption|details|menu|summary|iframe|script"
)
_CONTAINER: Final = re.compile(
    r"(</?(?:blockquote|div|section|article|aside|li|dd)(?=[\s/>])[^>]*>)", re.IGNORECASE
)
_KEPT: Final = re.compile(
    r"<(pre|script|style|textarea|svg|xmp)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE
)
_OPENS: Final = re.compile(rf"(<(?:{_BLOCK})(?=[\s/>])[^>]*>)", re.IGNORECASE)
_CLOSES: Final = re.compile(rf"(</(?:{_BLOCK})\s*>)", re.IGNORECASE)
_BEGINS_BLOCK: Final = re.compile(rf"\s*</?(?:{_BLOCK})(?=[\s/>])", re.IGNORECASE)
_HAS_BLOCK: Final = re.compile(rf"</?(?:{_BLOCK})(?=[\s/>])", re.IGNORECASE)
_BREAKS: Final = re.compile(r"<br\s*/?>\s*<br\s*/?>", re.IGNORECASE)
_PLACE: Final = re.compile(r"\x02(\d+)\x02")
_TAG: Final = re.compile(r"<[^<>]*>")
#: A line end beside one of these is none of the text.
_AFTER_BLOCK: Final = re.compile(rf"(</?(?:{_BLOCK})(?=[\s/>])[^<>]*>)\s*\n", re.IGNORECASE)
_BEFORE_BLOCK: Final = re.compile(rf"\n\s*(</?(?:{_BLOCK})(?=[\s/>])[^<>]*>)", re.IGNORECASE)


def autop(text: str) -> str:
    """Put the tags of paragraphs and breaks into a classic text."""
    if not text.strip():
        return ""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\n\n\x02{len(kept) - 1}\x02\n\n"

    text = _KEPT.sub(keep, text.replace("\x02", ""))
    # A line end within a tag is no break.
    text = _TAG.sub(lambda match: match[0].replace("\n", " "), text)
    text = _BREAKS.sub("\n\n", text)
    text = _CLOSES.sub(r"\1\n\n", _OPENS.sub(r"\n\n\1", text))
    # Text in these has paragraphs of its own.
    text = _CONTAINER.sub(r"\n\n\1\n\n", text)
    text = re.sub(r"\n\s*\n", "\n\n", text)
    paragraphs = (part.strip("\n") for part in text.split("\n\n"))
    html = "\n".join(_paragraph(part) for part in paragraphs if part.strip())
    return _PLACE.sub(lambda match: kept[int(match[1])], html)


def _paragraph(part: str) -> str:
    if _PLACE.fullmatch(part.strip()) or re.fullmatch(r"\s*<!--.*-->\s*", part, re.DOTALL):
        return part
    if _HAS_BLOCK.search(part):
        # Text beside a block's tag belongs to the block, with breaks but without a paragraph of its own.
        return _with_breaks(_BEFORE_BLOCK.sub(r"\1", _AFTER_BLOCK.sub(r"\1", part)))
    return f"<p>{_with_breaks(part.strip())}</p>"


def _with_breaks(text: str) -> str:
    if "\n" not in text:
        return text
    return re.sub(r"(<br\s*/?>)?[ \t]*\n", "<br />\n", text)
