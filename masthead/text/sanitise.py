"""The only path by which HTML reaches a page, and the only list of allowed tags.

It trusts neither the author nor our own renderer: the output of `masthead.text.markdown.renderer` is cleaned here last.
Cleaning is idempotent, so stored HTML can be cleaned again.
"""

import re
from collections.abc import Callable
from html import escape
from typing import Final
from urllib.parse import unquote

import nh3

from masthead.text import html_limits
from masthead.text.highlighting import TOKEN_CLASSES
from masthead.text.html_limits import words
from masthead.text.profiles import SanitiserProfile

#: Ids of a text are public addresses and stay as they are written, but for these of the page around it, which no
#: text may take. A name in a text cannot clobber a script: `name` is no allowed attribute, and no script of ours
#: reads a global that it does not make (`tests/operation/test_rendering.py` compares the ids).
RESERVED_IDS: Final = re.compile(
    r"(?:main_content|comments_title|related_posts|page_comments|page_respond|csrf_token|parent_id|comment_body)(?:-hint|-error)?|comment-\d+"
)
ID_CHARACTERS: Final = 300

#: Schemes that open a page, or a program for contact or location; none can run a script.
URL_SCHEMES: Final = words(
    "ftp geo http https irc ircs magnet mailto matrix news sip sips sms tel webcal xmpp"
)
#: One more round sufficed for each of two million random fragments.
MAX_ROUNDS: Final = 4
COMMENT_LINK_REL: Final = "nofollow ugc noopener"

_INLINE: Final = words(
    "a abbr b bdi bdo br cite code del dfn em i ins kbd mark q s samp small span strong sub sup u var wbr"
)
_BLOCKS: Final = words(
    "blockquote dd dl dt h4 h5 h6 hr input label li ol p pre table tbody td tfoot th thead tr ul"
)
_ARTICLE_ONLY: Final = words(
    "audio caption col colgroup details div figcaption figure h1 h2 h3 img rp rt ruby section summary time track "
    "video"
)
#: MathML Core without links, actions, annotations and the two HTML elements in disguise, mglyph and malignmark.
MATHML_TAGS: Final = words(
    "math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt "
    "mstyle msub msubsup msup mtable mtd mtext mtr munder munderover"
)
TAGS: Final = {
    SanitiserProfile.ARTICLE: _INLINE | _BLOCKS | _ARTICLE_ONLY | MATHML_TAGS,
    SanitiserProfile.COMMENT: _INLINE | _BLOCKS,
}

#: These elements are removed with their content, which browsers would not show as text.
DROPPED_WITH_CONTENT: Final = words(
    "annotation annotation-xml iframe noembed noframes noscript plaintext script style svg template textarea "
    "title xmp"
)

#: Writers get a warning about these: without them the text shows less than intended.
_MISSED: Final = (DROPPED_WITH_CONTENT - words("annotation annotation-xml")) | words(
    "applet base button canvas embed form frame frameset link marquee meta object select source"
)
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_START_TAG: Final = re.compile(r"<([a-zA-Z][a-zA-Z-]*)(?=[\s/>])")

_MATHML_WORDS: Final = words(
    "accent accentunder columnalign columnlines columnspacing columnspan displaystyle fence form frame largeop "
    "linethickness mathbackground mathcolor mathvariant movablelimits notation rowalign rowlines rowspacing "
    "rowspan scriptlevel separator stretchy symmetric"
)
_MATHML_LENGTHS: Final = words("depth height lspace maxsize minsize rspace voffset width")
_MATHML_ATTRIBUTES: Final = _MATHML_WORDS | _MATHML_LENGTHS

_COMMENT_ATTRIBUTES: Final[dict[str, frozenset[str]]] = {
    "*": frozenset({"lang", "dir"}),
    "a": frozenset({"href", "title"}),
    "abbr": frozenset({"title"}),
    "code": frozenset({"class"}),
    "dfn": frozenset({"title"}),
    "input": frozenset({"checked", "class", "disabled", "type"}),
    "li": frozenset({"class", "value"}),
    "ol": frozenset({"class", "start"}),
    "span": frozenset({"class"}),
    "td": frozenset({"class", "colspan", "rowspan"}),
    "th": frozenset({"class", "colspan", "rowspan", "scope"}),
    "ul": frozenset({"class"}),
}
_ARTICLE_ATTRIBUTES: Final[dict[str, frozenset[str]]] = {
    **_COMMENT_ATTRIBUTES,
    "*": frozenset({"lang", "dir", "id"}),
    "a": frozenset({"class", "href", "title"}),
    "audio": frozenset({"aria-label", "controls", "preload", "src"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "del": frozenset({"datetime"}),
    "details": frozenset({"open"}),
    "div": frozenset({"class", "tabindex"}),
    "figure": frozenset({"class"}),
    "hr": frozenset({"class"}),
    "img": frozenset({"alt", "class", "decoding", "height", "loading", "src", "title", "width"}),
    "ins": frozenset({"datetime"}),
    "math": frozenset({"alttext", "display"}) | _MATHML_ATTRIBUTES,
    "ol": frozenset({"class", "reversed", "start", "type"}),
    "p": frozenset({"class"}),
    "section": frozenset({"class"}),
    "sup": frozenset({"class"}),
    "time": frozenset({"datetime"}),
    "track": frozenset({"kind", "label", "src", "srclang"}),
    "video": frozenset({"aria-label", "controls", "height", "poster", "preload", "src", "width"}),
    **dict.fromkeys(MATHML_TAGS - {"math"}, _MATHML_ATTRIBUTES),
}
_ALIGNMENTS: Final = frozenset({"align-left", "align-center", "align-right"})

#: The classes in our own style sheets, each with the element that may have it.
CLASSES: Final[dict[str, frozenset[str]]] = {
    "a": frozenset({"footnote-backref"}),
    "code": frozenset({"math-source"}),
    "div": _ALIGNMENTS | {"math-block"},
    "figure": _ALIGNMENTS | {"full", "gallery", "wide"},
    "hr": frozenset({"footnotes-sep"}),
    "img": _ALIGNMENTS,
    "input": frozenset({"task-list-item-checkbox"}),
    "li": frozenset({"footnote-item", "task-list-item"}),
    "ol": frozenset({"contains-task-list", "footnotes-list"}),
    "p": _ALIGNMENTS,
    "section": frozenset({"footnotes"}),
    "span": TOKEN_CLASSES,
    "sup": frozenset({"footnote-ref"}),
    "td": _ALIGNMENTS,
    "th": _ALIGNMENTS,
    "ul": frozenset({"contains-task-list"}),
}
#: Class names of WordPress and Ghost and our equivalents, so that imported texts keep their shape.
_CLASS_SYNONYMS: Final = {
    "aligncenter": "align-center",
    "alignfull": "full",
    "alignleft": "align-left",
    "alignright": "align-right",
    "alignwide": "wide",
    "has-text-align-center": "align-center",
    "has-text-align-left": "align-left",
    "has-text-align-right": "align-right",
    "kg-gallery-card": "gallery",
    "kg-width-full": "full",
    "kg-width-wide": "wide",
    "wp-block-gallery": "gallery",
}

#: The required pattern of an attribute's value, on any element.
_SHAPES: Final[dict[str, re.Pattern[str]]] = {
    "colspan": re.compile(r"[1-9]\d{0,2}"),
    "checked": re.compile(r"checked|"),
    "decoding": re.compile(r"async|sync|auto"),
    "disabled": re.compile(r"disabled|"),
    "datetime": re.compile(r"[0-9TtZzPpDHMSWY:.+\- ]{1,40}"),
    "dir": re.compile(r"ltr|rtl|auto"),
    "display": re.compile(r"block|inline"),
    "kind": re.compile(r"captions|subtitles|descriptions|chapters"),
    "label": re.compile(r"[^\x00-\x1f]{1,100}"),
    "lang": re.compile(r"[A-Za-z0-9-]{1,35}"),
    "preload": re.compile(r"none|metadata|auto"),
    "reversed": re.compile(r".{0,10}"),
    "rowspan": re.compile(r"[1-9]\d{0,2}"),
    "scope": re.compile(r"row|col|rowgroup|colgroup"),
    "span": re.compile(r"[1-9]\d{0,2}"),
    "srclang": re.compile(r"[A-Za-z0-9-]{1,35}"),
    "start": re.compile(r"-?\d{1,9}"),
    # Reachable by keyboard, in document order.
    "tabindex": re.compile(r"0"),
    "type": re.compile(r"[1aAiI]|checkbox"),
    "value": re.compile(r"-?\d{1,9}"),
    **{name: re.compile(r"[#\w.+\- ]{1,60}", re.ASCII) for name in _MATHML_WORDS},
    # At most two digits before the point: a formula cannot be moved or enlarged over the rest of the page.
    **{
        name: re.compile(r"[+-]?(\d{1,2})?(\.\d{1,4})?\s?(em|ex|px|pt|pc|mm|cm|in|mu|%)?")
        for name in _MATHML_LENGTHS
    },
}
_LEADING_NEWLINES: Final = re.compile(r"(<pre\b[^>]*+>)\n+")
_SIZED: Final = frozenset({"img", "video"})
_PICTURE_SIDES: Final = frozenset({"height", "width"})
_PICTURE_SIZE: Final = re.compile(r"[1-9]\d{0,4}")
_LANGUAGE_CLASS: Final = re.compile(r"language-[A-Za-z0-9_+#.-]{1,40}")
#: White space ends an id, quotation marks end an attribute, and browsers decode percent signs before they compare.
_NOT_IN_AN_ID: Final = re.compile(r"[\s\x00-\x1f\x7f\"'<>`&%]+")


def clean(html: str, profile: SanitiserProfile = SanitiserProfile.ARTICLE) -> str:
    """Return well-formed HTML with only the elements and attributes of the profile.

    A removed element leaves its children where a parser may not expect them, such as a paragraph in a paragraph; so the
    result is cleaned again until a browser would parse it exactly as written.
    """
    return _cleaned_until_stable(html, _CLEANERS[profile], MAX_ROUNDS)


def as_source(text: str) -> str:
    """Return HTML that shows a text as typed: equal to `clean` of it in a `pre`, in a tenth of the time."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").lstrip("\n")
    escaped = escape(lines, quote=False).replace("\xa0", "&nbsp;")
    return f'<pre tabindex="0">{escaped}</pre>\n'


def _cleaned_until_stable(html: str, cleaner: nh3.Cleaner, rounds: int) -> str:
    cleaned = cleaner.clean(html_limits.tame(html))
    # A parser drops the first newline of a `pre` and turns carriage returns into newlines each time it reads them.
    cleaned = _LEADING_NEWLINES.sub(r"\1", cleaned.replace("\r", "\n"))
    return cleaned if cleaned == html or not rounds else _cleaned_until_stable(cleaned, cleaner, rounds - 1)


def removed_elements(html: str) -> tuple[str, ...]:
    """Return the names of elements that `clean` removes from an article and that its author will miss, in order."""
    names = (match[1].lower() for match in _START_TAG.finditer(_COMMENT.sub("", html)))
    return tuple(dict.fromkeys(name for name in names if name in _MISSED))


def content_id(name: str) -> str:
    """Return the id of an element that its author named so; empty if no character remains."""
    return _NOT_IN_AN_ID.sub("-", name.strip())[:ID_CHARACTERS]


def is_reserved(identity: str) -> bool:
    """Return whether an id belongs to the page around a text."""
    return RESERVED_IDS.fullmatch(identity) is not None


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value of an attribute with an allowed name, or None to drop it."""
    if name == "class":
        return _classes(tag, value)
    if name == "id":
        identity = content_id(value)
        return None if is_reserved(identity) else identity or None
    if name == "href":
        return _href(value)
    if tag in _SIZED and name in _PICTURE_SIDES:
        return value if _PICTURE_SIZE.fullmatch(value) else None
    shape = _SHAPES.get(name)
    return value if shape is None or shape.fullmatch(value) else None


def _classes(tag: str, value: str) -> str | None:
    known = CLASSES.get(tag, frozenset())
    names = dict.fromkeys(_CLASS_SYNONYMS.get(name, name) for name in value.split())
    kept = [name for name in names if name in known or (tag == "code" and _LANGUAGE_CLASS.fullmatch(name))]
    return " ".join(kept) or None


def _href(value: str) -> str:
    """Return a link within the text, written as its target's id is written."""
    if not value.startswith("#"):
        return value
    return "#" + content_id(unquote(value[1:]))


def _cleaner(profile: SanitiserProfile) -> nh3.Cleaner:
    is_comment = profile is SanitiserProfile.COMMENT
    # One value for each element: of several, nh3 adds missing ones in an order that differs between processes.
    forced: dict[str, dict[str, str]] = {
        # The checkbox of a task is the only form control; it has no name, so no form can submit it.
        "input": {"type": "checkbox"},
        # Content wider than the page scrolls, and people without a mouse must be able to scroll it.
        "pre": {"tabindex": "0"},
        "table": {"tabindex": "0"},
    }
    if not is_comment:
        forced["img"] = {"loading": "lazy"}
        # Readers can stop every sound.
        forced["audio"] = forced["video"] = {"controls": ""}
    attributes = _COMMENT_ATTRIBUTES if is_comment else _ARTICLE_ATTRIBUTES
    allowed: Callable[[str, str, str], str | None] = _attribute
    return nh3.Cleaner(
        tags=TAGS[profile],
        clean_content_tags=DROPPED_WITH_CONTENT,
        attributes={tag: names for tag, names in attributes.items() if tag == "*" or tag in TAGS[profile]},
        attribute_filter=allowed,
        url_schemes=URL_SCHEMES,
        link_rel=COMMENT_LINK_REL if is_comment else None,
        set_tag_attribute_values=forced,
    )


#: Created once: building a cleaner costs more than cleaning a short text. Cleaners hold no state between calls.
_CLEANERS: Final = {profile: _cleaner(profile) for profile in SanitiserProfile}
