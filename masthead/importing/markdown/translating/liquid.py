"""Liquid (Jekyll), and Liquid or Nunjucks (Eleventy)."""

import re
from collections.abc import Callable
from typing import ClassVar, Final

from masthead.importing.markdown.translating.template_tags import (
    SHOWN_CLOSING,
    SHOWN_OPENING,
    TemplateLanguage,
    TemplateTag,
    code_block,
    image_markup,
    is_own_paragraph,
    tags_in,
)
from masthead.importing.reading import plain_text
from masthead.importing.reading.code_spans import find_code_and_invisible

#: Block tags, and block tags whose content is not evaluated.
_BLOCKS: Final = frozenset({"for", "if", "unless", "case", "capture", "tablerow"})
_SHUT: Final = frozenset({"comment", "highlight"})
#: The limit of templates in one text, because each takes time.
MAX_TEMPLATES: Final = 2_000
_RAW: Final = re.compile(r"\{%-?\s*(raw|verbatim)\s*-?%\}")
_END_RAW: Final = re.compile(r"\{%-?\s*end(?:raw|verbatim)\s*-?%\}")
_STRING: Final = re.compile(r"\"([^\"]*)\"|'([^']*)'")
_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*")
_LANGUAGE: Final = re.compile(r"[\"']?([\w+#.-]+)")
#: Filters that need no translation: they make an address from a path, or do not change the meaning.
_TRANSPARENT: Final = frozenset(
    {"url", "relative_url", "absolute_url", "safe", "strip", "escape", "xml_escape", "string", "trim"}
)
_BEFORE: Final = re.compile(r"prepend:\s*(?:site\.(?:baseurl|url))")
_PART: Final = re.compile(r"(?:\"[^\"]*\"|'[^']*'|[^|\"']|[\"'])*")


class LiquidTemplates(TemplateLanguage):
    """Jekyll's template tags."""

    braces: ClassVar = {"{%": "%}", "{{": "}}"}
    attributes: ClassVar = re.compile(r"\{::?[^{}\n]{0,300}\}")
    #: Front matter is available as variables without the prefix `page.`.
    bare_variables: ClassVar[bool] = False

    def unescaped(self, text: str) -> str:
        """Remove `{% raw %}`, also in code, because Jekyll runs Liquid before Markdown."""
        pieces, position = [], 0
        while opening := _RAW.search(text, position):
            closing = _END_RAW.search(text, opening.end())
            if closing is None:
                break
            pieces.append(text[position : opening.start()])
            shown = text[opening.end() : closing.start()]
            pieces.append(shown.replace("{", SHOWN_OPENING).replace("}", SHOWN_CLOSING))
            position = closing.end()
        return self.rendered("".join([*pieces, text[position:]]))

    def rendered(self, text: str) -> str:
        """Render all templates whose output can be known, except those in code."""
        if self.context.renderer is None or not any(opening in text for opening in self.braces):
            return text
        tags = list(tags_in(text, self.braces))[:MAX_TEMPLATES]
        ends, code = _ends(tags), find_code_and_invisible(text)
        pieces, position, count, index = [], 0, 0, 0
        renderer = self.context.renderer()
        while index < len(tags):
            tag, last = tags[index], ends.get(index, index)
            region = tags[index : last + 1]
            index = last + 1
            if not self._is_template(tag, len(region) > 1) or code.contains(tag.start):
                continue
            source = self._with_addresses(text, region)
            words = None if any(code.contains(one.start) for one in region) else renderer.render(source)
            if words is None:
                renderer.forget(source)
                continue
            before = text[position : tag.start]
            pieces += [before.rstrip() if tag.inner.startswith("-") else before]
            pieces += [words.replace("{", SHOWN_OPENING).replace("}", SHOWN_CLOSING)]
            position = region[-1].end
            if region[-1].inner.endswith("-"):
                position += len(text[position:]) - len(text[position:].lstrip())
            count += 1
        if count:
            self.context.notes.changed("Liquid", "its output is in the text now", count=count)
        return "".join([*pieces, text[position:]])

    def _is_template(self, tag: TemplateTag, is_block: bool) -> bool:
        """Check if `rendered` is responsible for a tag, because the tag has no translation of its own."""
        if tag.opening == "{{":
            return self._expression(tag.inner.strip().strip("-").strip()) is None
        return _word(tag) == "assign" or (is_block and _word(tag) in _BLOCKS)

    def _with_addresses(self, text: str, region: list[TemplateTag]) -> str:
        """The source of a template, with its links to other texts translated."""
        pieces, position = [], region[0].start
        for tag in region:
            if _word(tag) in {"link", "post_url"} and (meant := self.translate_tag(tag, text)) is not None:
                pieces += [text[position : tag.start], meant[0]]
                position = tag.end
        return "".join([*pieces, text[position : region[-1].end]])

    def translate_tag(self, tag: TemplateTag, text: str) -> tuple[str, int] | None:
        """Translate a tag with an exact meaning."""
        inner = tag.inner.strip().removeprefix("-").removesuffix("-").strip()
        if tag.opening == "{{":
            value = self._expression(inner)
            return None if value is None else (value, tag.end)
        name, _, rest = inner.partition(" ")
        reader = self.readers().get(name)
        return reader(rest.strip(), tag, text) if reader else None

    def name(self, tag: TemplateTag) -> str:
        """The name of the tag, or of the last filter of a value."""
        if tag.opening == "{{":
            *_, last = _parts(tag.inner.strip().removesuffix("-"))
            return plain_text.shortened(last.partition(":")[0].partition("(")[0].strip() or "{{ }}")
        return super().name(tag)

    def readers(self) -> dict[str, Callable[[str, TemplateTag, str], tuple[str, int] | None]]:
        """The functions that translate tags, by the tag's name."""
        return {
            "highlight": self._highlight,
            "comment": self._comment,
            "post_url": self._link,
            "link": self._link,
        }

    def _expression(self, expression: str) -> str | None:
        first, *filters = _parts(expression)
        if not all(name in _TRANSPARENT or _BEFORE.fullmatch(name) for name in filters):
            return None
        quoted = _STRING.fullmatch(first)
        if quoted:
            return quoted[1] if quoted[1] is not None else quoted[2]
        if first in {"site.baseurl", "site.url", "site.base_url", "base_url"}:
            return ""
        return self._variable(first)

    def _variable(self, name: str) -> str | None:
        if not _NAME.fullmatch(name):
            return None
        if name.startswith("site."):
            return self.context.variables.get(name) or None
        if name.startswith("page."):
            return self.context.variables.get(name.removeprefix("page.")) or None
        return self.context.variables.get(name) or None if self.bare_variables else None

    def _highlight(self, rest: str, tag: TemplateTag, text: str) -> tuple[str, int] | None:
        end = re.compile(r"\{%-?\s*endhighlight\s*-?%\}").search(text, tag.end)
        if end is None:
            return None
        language = _LANGUAGE.match(rest)
        line_start = text.rfind("\n", 0, tag.start) + 1
        indent = text[line_start : tag.start]
        block = code_block(language[1] if language else "", text[tag.end : end.start()])
        # In a list, indent the block so that it stays in its item; after other text, begin a new paragraph.
        block = block.replace("\n", "\n" + indent) if not indent.strip() else "\n\n" + block
        return block, end.end()

    def _comment(self, _rest: str, tag: TemplateTag, text: str) -> tuple[str, int] | None:
        end = re.compile(r"\{%-?\s*endcomment\s*-?%\}").search(text, tag.end)
        if end is None:
            return None
        hidden = text[tag.end : end.start()].replace("--", "- -")
        self.context.notes.changed("template comment", "an HTML comment now")
        return f"<!--{hidden}-->", end.end()

    def _link(self, rest: str, tag: TemplateTag, _text: str) -> tuple[str, int] | None:
        address = self.context.address_of(rest.strip("\"' "))
        return None if address is None else (address, tag.end)


class EleventyTemplates(LiquidTemplates):
    """Liquid or Nunjucks in texts for Eleventy, and the shortcode of its image plug-in."""

    braces: ClassVar = {"{%": "%}", "{{": "}}", "{#": "#}"}
    attributes: ClassVar = re.compile(r"\{(?:::?|[.#][A-Za-z])[^{}\n]{0,300}\}")
    bare_variables: ClassVar[bool] = True

    def translate_tag(self, tag: TemplateTag, text: str) -> tuple[str, int] | None:
        """Translate Nunjucks comments `{# … #}` as well; ids of headings (`{#id}`) have another closing brace."""
        if tag.opening == "{#":
            self.context.notes.changed("template comment", "an HTML comment now")
            return f"<!--{tag.inner.replace('--', '- -')}-->", tag.end
        return super().translate_tag(tag, text)

    def readers(self) -> dict[str, Callable[[str, TemplateTag, str], tuple[str, int] | None]]:
        """The tags of Liquid, and the shortcode `image`."""
        return super().readers() | {"image": self._image}

    def _image(self, rest: str, tag: TemplateTag, text: str) -> tuple[str, int] | None:
        """Translate `{% image "file", "alternative text" %}`; a third argument with sizes is ignored."""
        strings = [first or second for first, second in _STRING.findall(rest)]
        if not strings or not _STRING.match(rest):
            return None
        source = strings[0]
        if "://" not in source and not source.startswith("/"):
            # The plug-in's paths are relative to the root of the project.
            source = "/" + re.sub(r"^(?:\./)?(?:src/|\./)?", "", source)
        alt = strings[1] if len(strings) > 1 else ""
        alone = is_own_paragraph(text, tag.start, tag.end)
        self.context.notes.changed("image tag", "an ordinary picture now")
        return image_markup(source, alt, in_markdown=alone), tag.end


def _word(tag: TemplateTag) -> str:
    """The name of a tag; '' for an expression."""
    words = tag.inner.strip("-").split(None, 1) if tag.opening == "{%" else []
    return words[0] if words else ""


def _ends(tags: list[TemplateTag]) -> dict[int, int]:
    """The index of the closing tag for each block tag."""
    found: dict[int, int] = {}
    opened: list[int] = []
    for index, tag in enumerate(tags):
        word = _word(tag)
        inside = _word(tags[opened[-1]]) if opened else ""
        if word.startswith("end") and opened and word == f"end{inside}":
            found[opened.pop()] = index
        elif inside in _SHUT:
            continue
        elif word in _BLOCKS | _SHUT:
            opened.append(index)
        elif word.startswith("end") and word[3:] in _BLOCKS:
            # The nesting is wrong, so that no open block has a closing tag.
            opened.clear()
    return found


def _parts(expression: str) -> list[str]:
    """Split an expression at `|` into its value and filters; a bar in quotation marks does not split."""
    parts, position = [], 0
    while True:
        match = _PART.match(expression, position)
        end = match.end() if match else position
        parts.append(expression[position:end].strip())
        if end >= len(expression):
            return parts
        position = end + 1
