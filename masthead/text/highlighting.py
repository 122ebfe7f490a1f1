"""Source code to spans with CSS classes, by Pygments, at the time of saving: no script and no inline style.

Only the classes that `static/css/code.css` colours are written, which keeps the stored HTML small.
"""

from functools import cache
from html import escape
from typing import Final

from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class, get_all_lexers
from pygments.token import (
    Comment,
    Generic,
    Keyword,
    Name,
    Number,
    Operator,
    String,
    Token,
    _TokenType,
)

#: Longer blocks stay plain: a lexer's regular expressions can take quadratic time on hostile input.
MAX_CHARACTERS: Final = 20_000
MAX_LINE_CHARACTERS: Final = 1_000

_CLASS_OF: Final[dict[_TokenType, str]] = {
    Token: "",
    Comment: "c",
    Comment.Preproc: "cp",
    Generic.Deleted: "gd",
    Generic.Emph: "ge",
    Generic.Heading: "gh",
    Generic.Inserted: "gi",
    Generic.Output: "go",
    Generic.Prompt: "gp",
    Generic.Strong: "gs",
    Generic.Subheading: "gh",
    Keyword: "k",
    Name.Attribute: "na",
    Name.Builtin: "nb",
    Name.Class: "nc",
    Name.Constant: "no",
    Name.Decorator: "nd",
    Name.Exception: "nc",
    Name.Function: "nf",
    Name.Tag: "nt",
    Name.Variable: "nv",
    Number: "m",
    Operator.Word: "k",
    String: "s",
    String.Escape: "se",
    String.Interpol: "se",
    String.Regex: "sr",
}
TOKEN_CLASSES: Final = frozenset(_CLASS_OF.values()) - {""}


def highlight(code: str, language: str) -> str | None:
    """Return the code as escaped HTML with spans, or None where it should stay plain."""
    name = _lexer_names().get(language.lower())
    lexer_class = find_lexer_class(name) if name else None
    if lexer_class is None or not _is_affordable(code):
        return None
    # A lexer is made for each block: some keep what they saw on themselves, so they can't be shared by threads.
    lexer = lexer_class(stripnl=False, ensurenl=False)
    return _spans(lexer, code)


def _is_affordable(code: str) -> bool:
    if len(code) > MAX_CHARACTERS:
        return False
    return all(len(line) <= MAX_LINE_CHARACTERS for line in code.split("\n"))


def _spans(lexer: Lexer, code: str) -> str:
    pieces: list[str] = []
    run: list[str] = []
    run_class = ""
    for token, text in lexer.get_tokens(code):
        token_class = _class_of(token)
        if token_class != run_class:
            pieces.append(_span(run_class, "".join(run)))
            run, run_class = [], token_class
        run.append(text)
    pieces.append(_span(run_class, "".join(run)))
    return "".join(pieces)


def _span(token_class: str, text: str) -> str:
    escaped = escape(text, quote=False)
    return f'<span class="{token_class}">{escaped}</span>' if token_class and text else escaped


@cache
def _class_of(token: _TokenType) -> str:
    known: _TokenType | None = token
    while known is not None and known not in _CLASS_OF:
        known = known.parent
    return _CLASS_OF[known] if known is not None else ""


@cache
def _lexer_names() -> dict[str, str]:
    """Return the name of the lexer for each alias; plug-ins that happen to be installed are left out."""
    return {alias: name for name, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases}
