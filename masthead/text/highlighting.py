"""Highlights source code with Pygments when a text is saved: spans with CSS classes, no script and no inline style.

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

#: The supported languages, by the cost of their lexers. The regular expressions of all take quadratic time on some hostile
#: input; measured with 120 such inputs of 8,000 characters: up to 0.25, 1.3 and 5.4 seconds, and 14 for C#.
#: A few lexers that are worse, and the hundreds that nobody measured, are left out.
_LANGUAGES: Final = {
    1: (
        "ada bash bat clojure cmake coffeescript common-lisp console d dart diff django docker elixir elm erlang fsharp "
        "glsl graphql handlebars haskell html html+jinja html+php http ini jinja json json5 julia kotlin latex lua "
        "mysql nginx nim ocaml php postgresql powershell properties protobuf pycon racket ruby rust sass scala "
        "scheme scss solidity sql sqlite3 swift tcl toml twig vbnet verilog vhdl vim vue xml yaml zig"
    ),
    5: (
        "apache applescript awk css cython fortran go hcl javascript jsx less make nix pascal perl python r terraform "
        "tsx typescript"
    ),
    20: "c cpp groovy java markdown matlab objective-c rst systemd",
    60: "csharp",
}
#: In one text. A unit took up to 4 nanoseconds, so this bounds highlighting to some three seconds, and lets through
#: a listing of 10,000 characters of Python or fifty of 1,500.
MAX_EFFORT: Final = 600_000_000
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


def effort(code: str, language: str) -> int:
    """Return the maximum cost of highlighting, in units of `MAX_EFFORT`; zero if the code stays plain."""
    _, weight = _lexers().get(language.lower(), ("", 0))
    return weight * len(code) ** 2


def highlight(code: str, language: str) -> str | None:
    """Return the code as escaped HTML with spans, or None if it should stay plain."""
    name, _ = _lexers().get(language.lower(), ("", 0))
    # Looking up an unknown name among the lexers takes a millisecond.
    lexer_class = find_lexer_class(name) if name else None
    if lexer_class is None or not _is_affordable(code, language):
        return None
    # Each block gets its own lexer: some keep state on themselves, so threads cannot share them.
    lexer = lexer_class(stripnl=False, ensurenl=False)
    return _spans(lexer, code)


def _is_affordable(code: str, language: str) -> bool:
    if effort(code, language) > MAX_EFFORT:
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
def _lexers() -> dict[str, tuple[str, int]]:
    """Return name and weight of a lexer for each alias, without plug-ins that happen to be installed."""
    weights = {alias: weight for weight, aliases in _LANGUAGES.items() for alias in aliases.split()}
    return {
        alias: (name, weights[known])
        for name, aliases, _, _ in get_all_lexers(plugins=False)
        for known in weights.keys() & set(aliases)
        for alias in aliases
    }
