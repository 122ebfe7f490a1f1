"""Converts LaTeX between dollar signs to MathML, which browsers lay out themselves: no script, no fonts.

Dollar signs follow Pandoc's rules, and stricter ones where prose has prices: see `_is_price`.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape, unescape
from typing import Final
from xml.etree.ElementTree import Element

from latex2mathml import exceptions as latex
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

MAX_CHARACTERS: Final = 1_000
MAX_LINES: Final = 60
#: The limit over a whole text; a conversion takes up to 40 microseconds a character, so this bounds them to two
#: seconds.
MAX_CHARACTERS_PER_TEXT: Final = 50_000
MAX_DEPTH: Final = 40

_DISPLAY: Final = re.compile(r"\$\$((?>(?:[^\\$]|\\.|\$(?!\$)){1,1000}))\$\$", re.DOTALL)
_INLINE: Final = re.compile(r"\$((?![\s$])(?>(?:[^\\$]|\\.){1,1000}))(?<!\s)\$(?![\w$])", re.DOTALL)
_PRICE: Final = re.compile(r"\d[^\\^_=<>+*/{}]*\s[^\\^_=<>+*/{}]*")
#: Expanding a macro can grow without end.
_MACROS: Final = re.compile(
    r"\\(?:newcommand|renewcommand|newenvironment|def|DeclareMathOperator)(?![a-zA-Z])"
)

_NESTING: Final = re.compile(r"(?P<opening>\\left|\\begin|\{)|(?P<closing>\\right|\\end|\})|\\.", re.DOTALL)

#: The number of children that browsers require of an element.
_PARTS: Final = {
    "mfrac": 2,
    "mover": 2,
    "mroot": 2,
    "msub": 2,
    "msubsup": 3,
    "msup": 2,
    "munder": 2,
    "munderover": 3,
}

#: The exceptions of latex2mathml for invalid LaTeX, intended and accidental.
_UNREADABLE: Final = (
    latex.DenominatorNotFoundError,
    latex.DoubleSubscriptsError,
    latex.DoubleSuperscriptsError,
    latex.ExtraLeftOrMissingRightError,
    latex.InvalidAlignmentError,
    latex.InvalidStyleForGenfracError,
    latex.InvalidWidthError,
    latex.LimitsMustFollowMathOperatorError,
    latex.MissingEndError,
    latex.MissingSuperScriptOrSubscriptError,
    latex.NoAvailableTokensError,
    latex.NumeratorNotFoundError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,  # RecursionError, and StopIteration inside a generator
    StopIteration,
    TypeError,
    ValueError,
)


@lru_cache(maxsize=2_048)
def mathml(source: str, *, display: bool) -> str | None:
    """Return a formula as MathML, or None if the LaTeX is invalid or too costly."""
    if len(source) > MAX_CHARACTERS or _MACROS.search(source) or not _is_nested_well(source):
        return None
    # Imported with the first formula: few processes ever convert one.
    from latex2mathml.converter import convert_to_element

    try:
        root = convert_to_element(source, display="block" if display else "inline")
    except _UNREADABLE:
        return None
    if not _is_complete(root):
        return None
    root.attrib.pop("xmlns", None)
    root.set("alttext", source)
    return _written(root)


def _is_nested_well(source: str) -> bool:
    """Return whether braces and environments pair, at a depth below the library's recursion limit."""
    depth = 0
    for match in _NESTING.finditer(source):
        depth += (match["opening"] is not None) - (match["closing"] is not None)
        if not 0 <= depth <= MAX_DEPTH:
            return False
    return depth == 0


def _is_complete(root: Element) -> bool:
    """Return whether the output is complete: the library omits missing parts and copies unknown commands."""
    return all(
        len(element) == _PARTS.get(element.tag, len(element)) and not (element.text or "").startswith("\\")
        for element in root.iter()
    )


def _written(element: Element) -> str:
    """Serialise an element as HTML; the library's own serialiser leaves `<` and `&` of the source unescaped."""
    attributes = "".join(f' {name}="{_escaped(value)}"' for name, value in element.attrib.items())
    inside = _escaped(element.text or "") + "".join(_written(child) for child in element)
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"


def _escaped(text: str) -> str:
    return escape(unescape(text))


def dollar_math(md: MarkdownIt) -> None:
    """Install the rules for `$…$` in a line and `$$…$$` in a line or on lines of its own."""
    md.inline.ruler.before("escape", "math", _inline_rule)
    md.block.ruler.before(
        "fence", "math_block", _block_rule, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    md.add_render_rule("math_inline", _render_inline)
    md.add_render_rule("math_block", _render_block)


def _is_price(source: str) -> bool:
    """Return whether this is money, as in `$5 and 10$`: a digit first, words, and nothing that only formulas have."""
    return _PRICE.fullmatch(source) is not None


def _inline_rule(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "$" or (state.pos and state.src[state.pos - 1].isalnum()):
        return False
    display = True
    match = _DISPLAY.match(state.src, state.pos, state.posMax)
    if match is None:
        display = False
        match = _INLINE.match(state.src, state.pos, state.posMax)
    if match is None or not match[1].strip() or (not display and _is_price(match[1])):
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content = match[1].strip()
        token.markup = "$$" if display else "$"
    state.pos = match.end()
    return True


def _block_rule(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    if state.is_code_block(start_line):
        return False
    start = state.bMarks[start_line] + state.tShift[start_line]
    if not state.src.startswith("$$", start):
        return False
    found = _block_end(state, start_line, min(end_line, start_line + MAX_LINES))
    if found is None:
        return False
    if silent:
        return True
    last_line, source = found
    token = state.push("math_block", "math", 0)
    token.block = True
    token.content = source
    token.markup = "$$"
    token.map = [start_line, last_line + 1]
    state.line = last_line + 1
    return True


def _block_end(state: StateBlock, start_line: int, end_line: int) -> tuple[int, str] | None:
    """Return the last line of a formula and its source; a blank line ends the search, as in LaTeX."""
    lines: list[str] = []
    for line in range(start_line, end_line):
        if line > start_line and (state.isEmpty(line) or state.sCount[line] < state.blkIndent):
            return None
        text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()
        text = text[2:] if line == start_line else text
        if text.endswith("$$"):
            source = "\n".join([*lines, text[:-2]]).strip()
            return (line, source) if source and "$$" not in source else None
        if "$$" in text:
            return None
        lines.append(text)
    return None


def _render_inline(_: object, tokens: Sequence[Token], index: int, __: object, env: EnvType) -> str:
    token = tokens[index]
    return _rendered_form(token.content, token.markup, env)


def _render_block(_: object, tokens: Sequence[Token], index: int, __: object, env: EnvType) -> str:
    token = tokens[index]
    return f'<div class="math-block" tabindex="0">{_rendered_form(token.content, token.markup, env)}</div>\n'


def _rendered_form(source: str, dollars: str, env: EnvType) -> str:
    env["formulas"] = env.get("formulas", 0) + len(source)
    written = mathml(source, display=dollars == "$$") if env["formulas"] <= MAX_CHARACTERS_PER_TEXT else None
    return written or f'<code class="math-source">{escape(dollars + source + dollars)}</code>'
