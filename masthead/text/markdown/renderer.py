"""Renders Markdown to safe HTML: CommonMark with extensions for a magazine, always through the sanitiser.

Rendering happens when a text is saved, never when it is read. It is pure, safe in many threads and processes, never
fails on any input, and takes time in proportion to the length of the source.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml, unescapeAll
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.deflist import deflist_plugin

from masthead.text import anchors, highlighting, html_limits, plain, sanitise
from masthead.text.markdown import (
    figures,
    footnotes,
    html_blocks,
    media_attributes,
    nesting_limits,
    structure,
    work_limit,
)
from masthead.text.markdown.autolinks import autolinks
from masthead.text.markdown.emphasis import emphasis
from masthead.text.markdown.headings import Heading, anchored_headings, spoken
from masthead.text.markdown.mathematics import dollar_math
from masthead.text.profiles import SanitiserProfile

#: The HTML characters allowed for each source character, and the allowance of a short text: a heading with its id takes
#: six.
MAX_GROWTH: Final = 12
FREE_HTML_CHARACTERS: Final = 200_000


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text ready to be stored: clean HTML, table of contents, and plain text.

    `is_source` marks a text that was too costly to render and is shown as typed.
    """

    html: str
    toc: tuple[Heading, ...]
    words: int
    plain: str
    is_source: bool = False
    #: Fragments of links that match no id of the text.
    dead_fragments: tuple[str, ...] = ()
    #: The forbidden elements that its author wrote, by name.
    removed: tuple[str, ...] = ()


def render(source: str, *, profile: SanitiserProfile = SanitiserProfile.ARTICLE) -> Rendered:
    """Render Markdown for a profile."""
    env: dict[str, Any] = {"steps_left": work_limit.budget(source)}
    try:
        unsafe = _set(source, profile, env)
    except work_limit.TooCostlyError:
        return _shown_as_typed(source)
    html = sanitise.clean(unsafe, profile)
    text = plain.text_of(html)
    return Rendered(
        html=html,
        toc=tuple(env.get("toc", ())),
        words=plain.word_count(text),
        plain=text,
        dead_fragments=anchors.dead_fragments(html),
        removed=sanitise.removed_elements(unsafe) if "<" in source else (),
    )


def _shown_as_typed(source: str) -> Rendered:
    text = plain.lines_of(source)
    return Rendered(
        html=sanitise.as_source(source), toc=(), words=plain.word_count(text), plain=text, is_source=True
    )


def _set(source: str, profile: SanitiserProfile, env: dict[str, Any]) -> str:
    """Return unsanitised HTML; raises `TooCostlyError` if parsing takes too long or produces too much."""
    unsafe: str = _parser(profile).render(html_blocks.opened(source), env)
    if len(unsafe) > FREE_HTML_CHARACTERS + MAX_GROWTH * len(source) or html_limits.is_heavy(unsafe):
        raise work_limit.TooCostlyError
    return unsafe


@cache
def _parser(profile: SanitiserProfile) -> MarkdownIt:
    parser = _article_parser() if profile is SanitiserProfile.ARTICLE else _comment_parser()
    parser.use(nesting_limits.bounded_blocks)
    parser.use(work_limit.metered)
    # The rule tables are compiled at first use; compiling here keeps two threads from doing it at once.
    parser.render("*warm* `up`\n\n- [ ] now", {"steps_left": work_limit.FREE_STEPS})
    return parser


def _base_parser(*, html: bool, breaks: bool) -> MarkdownIt:
    options = {"html": html, "breaks": breaks, "maxNesting": nesting_limits.MAX_NESTING, "tasklists": True}
    parser = MarkdownIt("commonmark", options)
    parser.enable(["table", "strikethrough"])
    parser.use(deflist_plugin)
    parser.use(emphasis)
    parser.use(autolinks)
    parser.use(structure.aligned_cells)
    parser.use(structure.labelled_tasks)
    parser.add_render_rule("fence", _fence)
    parser.add_render_rule("list_item_open", _list_item)
    return parser


def _article_parser() -> MarkdownIt:
    parser = _base_parser(html=True, breaks=False)
    parser.use(footnotes.footnotes)
    parser.use(dollar_math)
    parser.use(anchored_headings)
    parser.use(media_attributes.media_attributes)
    parser.use(figures.figures)
    return parser


def _comment_parser() -> MarkdownIt:
    # In a comment, a single line end becomes a line break, as people expect from other comment forms.
    parser = _base_parser(html=False, breaks=True)
    parser.use(structure.lowered_headings)
    parser.add_render_rule("image", _linked_image)
    return parser


def _fence(_: object, tokens: Sequence[Token], index: int, __: object, env: EnvType) -> str:
    token = tokens[index]
    info = unescapeAll(token.info).split(maxsplit=1)
    language = info[0] if info else ""
    effort = env.get("effort", 0) + highlighting.effort(token.content, language)
    code = None
    if effort <= highlighting.MAX_EFFORT:
        env["effort"] = effort
        code = highlighting.highlight(token.content, language)
    attribute = f' class="language-{escapeHtml(language)}"' if language else ""
    return f"<pre><code{attribute}>{code or escapeHtml(token.content)}</code></pre>\n"


def _list_item(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Leave a task's checkbox to `structure.labelled_tasks`, which knows the task's text."""
    return renderer.renderToken(tokens, index, options, env)


def _linked_image(_: object, tokens: Sequence[Token], index: int, __: object, ___: object) -> str:
    """Render an image in a comment as a link: comments must not embed images in other people's pages."""
    token = tokens[index]
    address = escapeHtml(str(token.attrs.get("src", "")))
    return f'<a href="{address}">{escapeHtml(spoken(token.children)) or address}</a>'
