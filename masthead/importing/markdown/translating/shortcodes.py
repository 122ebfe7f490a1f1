"""Hugo's shortcodes `{{< name >}}` and `{{% name %}}`, and Zola's `{{ name() }}` and `{% name() %}`."""

import re
from typing import ClassVar, Final

from masthead.importing.markdown.translating.template_tags import (
    SHOWN_CLOSING,
    SHOWN_OPENING,
    TemplateLanguage,
    TemplateTag,
    code_block,
    image_markup,
    is_own_paragraph,
)
from masthead.importing.reading.code_spans import find_code

_ARGUMENT: Final = re.compile(r"(?:([\w-]+)\s*=\s*)?(?:\"((?:[^\"\\]|\\.)*)\"|`([^`]*)`|([^\s\"`]+))")
_SHOWN: Final = re.compile(r"\{\{(<|%)\s*/\*(.{0,500}?)\*/\s*(>|%)\}\}", re.DOTALL)
_SHOWN_ZOLA: Final = re.compile(r"(\{\{|\{%)/\*(.{0,500}?)\*/(\}\}|%\})", re.DOTALL)
_ATTRIBUTES: Final = re.compile(r"\{[.#][A-Za-z][^{}\n]{0,300}\}")
_FIGURE: Final = frozenset({"src", "alt", "caption", "title", "link"})


class HugoShortcodes(TemplateLanguage):
    """Hugo's shortcodes. Built-in ones with an exact meaning are translated."""

    braces: ClassVar = {"{{<": ">}}", "{{%": "%}}"}
    attributes: ClassVar = _ATTRIBUTES

    def unescaped(self, text: str) -> str:
        """Unescape `{{</* name */>}}`, by which Hugo shows a shortcode."""
        code = find_code(text)

        def show(match: re.Match[str]) -> str:
            # Outside of code the bracket would begin an HTML tag, which would hide the shortcode.
            bracket = "&lt;" if match[1] == "<" and not code.contains(match.start()) else match[1]
            return f"{SHOWN_OPENING * 2}{bracket}{match[2]}{match[3]}{SHOWN_CLOSING * 2}"

        return _SHOWN.sub(show, text)

    def translate_tag(self, tag: TemplateTag, text: str) -> tuple[str, int] | None:
        """Translate a shortcode with an exact meaning."""
        name, positional, named = arguments(tag.inner)
        match name:
            case "highlight":
                return self._highlight(tag, text, positional)
            case "figure":
                return self._figure(tag, text, named)
            case "ref" | "relref":
                address = self.context.address_of(named.get("path") or (positional or [""])[0])
                return None if address is None else (address, tag.end)
            case "param":
                value = self.context.param((positional or [""])[0])
                return (value, tag.end) if value else None
            case _:
                return None

    def _highlight(self, tag: TemplateTag, text: str, positional: list[str]) -> tuple[str, int] | None:
        end = re.compile(r"\{\{[<%]\s*/\s*highlight\s*[>%]\}\}").search(text, tag.end)
        if end is None:
            return None
        block = code_block((positional or [""])[0], text[tag.end : end.start()])
        before = text[text.rfind("\n", 0, tag.start) + 1 : tag.start]
        block = block.replace("\n", "\n" + before) if not before.strip() else "\n\n" + block
        return block, end.end()

    def _figure(self, tag: TemplateTag, text: str, named: dict[str, str]) -> tuple[str, int] | None:
        source = named.get("src", "")
        if not source or re.search(r"\{\{[<%]\s*/\s*figure", text[tag.end : tag.end + 2_000]):
            return None
        for name in named.keys() - _FIGURE:
            self.context.notes.lost(f"figure {name}", "a picture has no such attribute")
        caption = " ".join(part for part in (named.get("title", ""), named.get("caption", "")) if part)
        alone = is_own_paragraph(text, tag.start, tag.end)
        alt = named.get("alt", "")
        return image_markup(
            source, alt, title=caption, in_markdown=alone, link=named.get("link", "")
        ), tag.end


class ZolaShortcodes(TemplateLanguage):
    """Zola's shortcodes. Each site defines its own, so they stay visible."""

    braces: ClassVar = {"{%": "%}", "{{": "}}"}
    attributes: ClassVar = _ATTRIBUTES

    def unescaped(self, text: str) -> str:
        """Unescape `{{/* name() */}}`, by which Zola shows a shortcode."""
        return _SHOWN_ZOLA.sub(
            lambda match: (
                (match[1] + match[2] + match[3]).replace("{", SHOWN_OPENING).replace("}", SHOWN_CLOSING)
            ),
            text,
        )


def arguments(inner: str) -> tuple[str, list[str], dict[str, str]]:
    """Parse a shortcode: its name, positional arguments, and named arguments."""
    positional: list[str] = []
    named: dict[str, str] = {}
    for match in _ARGUMENT.finditer(inner.strip().removesuffix("/")):
        value = next((group for group in (match[2], match[3], match[4]) if group is not None), "")
        value = value.replace('\\"', '"')
        if match[1]:
            named[match[1]] = value
        else:
            positional.append(value)
    return (positional[0] if positional else "", positional[1:], named)
