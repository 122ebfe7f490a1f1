"""Translates a body of WordPress to Markdown."""

import re
from collections import Counter
from typing import Any, Final

from masthead.content.rendering import Picture
from masthead.importing.html import blocks as markdown_blocks
from masthead.importing.html import inline, links
from masthead.importing.html.notes import note_lost_elements
from masthead.importing.html.tree import Element, HtmlNode, parse
from masthead.importing.image_import import ImageImporter
from masthead.importing.items import Item, ItemKind, NoteCollector
from masthead.importing.source import TranslatedBody
from masthead.importing.urls.index import AddressIndex
from masthead.importing.wordpress import autop, blocks, comments, shortcodes
from masthead.importing.wordpress.blocks import BlockContext
from masthead.importing.wordpress.shortcode_html import ShortcodeWriter
from masthead.importing.wordpress.spool import Spool
from masthead.importing.wordpress.uploads import OldWordPress, UploadRewriter

_CODE: Final = re.compile(r"<(pre|code)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_MORE: Final = re.compile(r"(?:<p>\s*)?<!--\s*more\b(?:(?!-->).){0,300}-->(?:\s*</p>)?", re.DOTALL)
_PAGE_BREAK: Final = re.compile(r"(?:<p>\s*)?<!--\s*nextpage\s*-->(?:\s*</p>)?")
_MARKS: Final = re.compile(
    r"\s*<!--\s*(?:more\b(?:(?!-->).){0,300}|nextpage\s*|noteaser\s*)-->\s*", re.DOTALL
)


def translate(
    site: OldWordPress,
    spool: Spool,
    addresses: AddressIndex,
    images: ImageImporter,
    data: dict[str, Any],
    item: Item,
) -> TranslatedBody:
    """Translate the body of an item; an attachment has none, and becomes a picture of the media library."""
    notes = NoteCollector()
    _note_comments(spool, item, notes)
    own = item.old_paths[0] if item.old_paths else "/"
    rewriter = UploadRewriter(site, spool, addresses, images, own, notes)
    if item.kind is ItemKind.REDIRECT:
        url = rewriter.attachment(data)
        return TranslatedBody(
            "", None, tuple(notes.notes), leads_to=url, pictures=tuple(rewriter.pictures.values())
        )
    writer = ShortcodeWriter(spool, data["id"], notes)
    html, visible = _html(item.body, spool, writer, notes)
    if "[" in html:
        visible.update(f"[{name}]" for name in shortcodes.unknown(_CODE.sub("", html)))
    head, mark, tail = _split_at_more(html)
    opening = _markdown(head, rewriter, notes) if mark else None
    rest = _markdown(tail if mark else html, rewriter, notes)
    body = "\n\n".join(part for part in (opening, rest) if part)
    lead = _lead(item, rewriter, notes)
    card_image = rewriter.card_picture(item.card_picture) if item.card_picture else None
    return TranslatedBody(
        _with_footnotes(body, data, rewriter, notes),
        opening,
        tuple(notes.notes),
        visible,
        rewriter.rewritten,
        lead=lead,
        card_image=card_image,
        pictures=tuple(rewriter.pictures.values()),
    )


def _note_comments(spool: Spool, item: Item, notes: NoteCollector) -> None:
    found = list(spool.comments(item.source))
    if item.kind is not ItemKind.POST and found:
        notes.lost("comments of a page", "only posts have comments", count=len(found))
        return
    for reason, count in comments.left_out(iter(found)).items():
        notes.lost(reason, "", count=count)


def _html(text: str, spool: Spool, writer: ShortcodeWriter, notes: NoteCollector) -> tuple[str, Counter[str]]:
    if not blocks.has_blocks(text):
        return _classic(text, writer), Counter()
    context = BlockContext(
        reusable=lambda number: _reusable(spool, number),
        classic=lambda part: _classic(part, writer),
        shortcodes=writer.html,
        notes=notes,
    )
    html = blocks.html_of(text, context)
    # WordPress looks for shortcodes in every block.
    return writer.html(html), context.visible


def _classic(text: str, writer: ShortcodeWriter) -> str:
    # The marks stand alone, so that no paragraph holds them.
    return autop.autop(writer.html(_MARKS.sub(lambda match: f"\n\n{match[0].strip()}\n\n", text)))


def _reusable(spool: Spool, number: str) -> str:
    found = spool.by_post_id(number)
    return str(found["content"]) if found and found["type"] == "wp_block" else ""


def _split_at_more(html: str) -> tuple[str, bool, str]:
    match = _MORE.search(html) if "<!--" in html else None
    if match is None:
        return html, False, ""
    return html[: match.start()], True, html[match.end() :]


def _markdown(html: str, rewriter: UploadRewriter, notes: NoteCollector) -> str:
    pages = _PAGE_BREAK.split(html)
    if len(pages) > 1:
        notes.changed("page breaks", "the text is on one page now", count=len(pages) - 1)
    parts = []
    for page in pages:
        tree = parse(page)
        _shape(tree)
        note_lost_elements(tree, notes)
        links.rewrite(tree, rewriter)
        parts.append(markdown_blocks.written(tree.children))
    return "\n\n".join(part for part in parts if part)


def _shape(tree: Element) -> None:
    """Turn what WordPress means by its classes into elements that mean it."""
    for element in tree.elements():
        classes = element.classes
        if element.name == "ul" and any("gallery" in name for name in classes):
            element.name, element.attributes = "figure", {"class": "wp-block-gallery"}
            for item in element.children:
                if isinstance(item, Element) and item.name == "li":
                    item.name = "div"
        elif element.name == "pre" and "wp-block-verse" in classes:
            element.name = "p"
            element.children = list(_verses(element.children))
        elif element.name == "sup" and element.get("data-fn"):
            # The numbers of footnotes are counted anew.
            element.name, element.children = "footnote", []


def _verses(nodes: list[HtmlNode]) -> list[HtmlNode]:
    found: list[HtmlNode] = []
    for node in nodes:
        if isinstance(node, Element):
            node.children = _verses(node.children)
            found.append(node)
            continue
        for number, line in enumerate(node.split("\n")):
            if number:
                found.append(Element("br"))
            found.append(line.replace("  ", "\xa0 "))
    return found


def _with_footnotes(body: str, data: dict[str, Any], rewriter: UploadRewriter, notes: NoteCollector) -> str:
    """The body with the definitions of its footnotes."""
    definitions = []
    for note in blocks.footnotes(dict(data["meta"]).get("footnotes", "")):
        text = _markdown(note["content"], rewriter, notes)
        label = inline.footnote_label(str(note["id"]))
        if f"[^{label}]" in body and text:
            definitions.append(f"[^{label}]: " + "\n    ".join(text.split("\n")))
    return "\n\n".join([body, *definitions]) if definitions else body


def _lead(item: Item, rewriter: UploadRewriter, notes: NoteCollector) -> Picture | None:
    lead = item.lead
    if lead is None:
        return None
    if item.kind is not ItemKind.POST:
        notes.lost("lead picture", f"{lead.url}: only posts have one")
        return None
    url = rewriter.lead_picture(lead)
    return Picture(url, lead.alt, lead.caption) if url else None
