"""Finds shortcodes, such as `[caption id="…"]…[/caption]`, and their attributes."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import unescape
from typing import Final

_ATTRIBUTES: Final = r"(?:[^\[\]\"'/]|/(?!\])|\"[^\"]{0,4000}\"|'[^']{0,4000}'|\[[^\[\]]{0,300}\]|[\"'])"
_ATTRIBUTE: Final = re.compile(
    r"([\w-]{1,100})\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)'|([^\s'\"\]]+))|\"([^\"]*)\"|'([^']*)'|(\S+)"
)
#: A name in brackets is only a shortcode if it looks like one: `[1]`, `[sic]` and `[x]` are words of the text.
_UNKNOWN: Final = re.compile(
    r"(?<!\[)\[(?P<name>[a-zA-Z][\w-]{1,60})(?P<rest>\s+[\w-]+\s*=[^\[\]<>]{0,2000})?/?\](?!\]|\()"
    r"|(?<!\[)\[/(?P<end>[a-zA-Z][\w-]{1,60})\](?!\])"
)


@dataclass(frozen=True, slots=True)
class Shortcode:
    """A shortcode of a text."""

    name: str
    attributes: dict[str, str]
    #: The text between its tags; None if it has no end.
    content: str | None
    written: str

    def get(self, *names: str) -> str:
        """The first of these attributes that is there; '' if none is."""
        return next((self.attributes[name] for name in names if self.attributes.get(name)), "")


Replacement = Callable[[Shortcode], str]


def replaced(text: str, names: Iterable[str], replace: Replacement) -> str:
    """The text with each shortcode of these names replaced; `[[name]]` is written for `[name]` and stays."""
    if "[" not in text:
        return text
    known = "|".join(map(re.escape, names))
    pattern = re.compile(
        rf"(?P<before>\[?)\[(?P<name>{known})(?![\w-])(?P<rest>{_ATTRIBUTES}{{0,4000}}?)"
        rf"(?:(?P<closed>/)\]|\](?:(?P<content>(?:(?!\[(?P=name)[\s\]]).){{0,100000}}?)\[/(?P=name)\])?)(?P<after>\]?)",
        re.DOTALL,
    )

    def one(match: re.Match[str]) -> str:
        if match["before"] and match["after"]:
            return match[0][1:-1]
        code = Shortcode(match["name"], attributes_of(match["rest"]), match["content"], match[0])
        return match["before"] + replace(code) + match["after"]

    return pattern.sub(one, text)


def unknown(text: str) -> Iterable[str]:
    """The names of shortcodes that stay visible in a text: those with attributes, or with an end."""
    if "[" not in text:
        return
    ends = {match["end"] for match in _UNKNOWN.finditer(text) if match["end"]}
    for match in _UNKNOWN.finditer(text):
        if match["name"] and (match["rest"] or match["name"] in ends):
            yield match["name"]


def attributes_of(rest: str) -> dict[str, str]:
    """The attributes of a shortcode by name; those without a name by their number."""
    found: dict[str, str] = {}
    rest = unescape(rest.replace("\xa0", " ")).replace("“", '"').replace("”", '"').replace("″", '"')
    for name, double, single, bare, quoted, apostrophe, word in _ATTRIBUTE.findall(rest):
        if name:
            found.setdefault(name.lower(), double or single or bare)
        else:
            found[str(len([key for key in found if key.isdecimal()]))] = quoted or apostrophe or word
    return found
