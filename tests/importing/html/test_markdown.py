"""HTML becomes clean Markdown that says the same words."""

import random
import re

import pytest

from masthead.importing.html.blocks import markdown_of
from masthead.importing.html.comments import markdown_of_comment
from masthead.importing.html.inline import DROPPED
from masthead.importing.html.tree import BLOCKS, HtmlNode, parse
from masthead.text.markdown.renderer import render
from masthead.text.profiles import SanitiserProfile


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One <strong>two</strong>, <em>three</em> and <b><i>four</i></b>.</p>", "One **two**, *three* and ***four***."),
        # A mark beside a letter would not be read as one.
        ("<p>foo<strong>bar:</strong>baz</p>", "foo<strong>bar:</strong>baz"),
        ("<p>5*3 $6 _x_ a_b [c] &lt;i&gt; &amp;amp; `d`</p>", r"5\*3 \$6 \_x\_ a_b \[c\] \<i> \&amp; \`d\`"),
        ("<p>1. One<br># Two<br>- Three</p>", "1\\. One\\\n\\# Two\\\n\\- Three"),
        ('<p><a href="https://a.b/c (d)">x</a> <a href="https://a.b/">https://a.b/</a></p>', "[x](https://a.b/c%20%28d%29) <https://a.b/>"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul><ul><li>d</li></ul>", "- a\n  - b\n- c\n\n* d"),
        ('<ol start="3"><li><p>a</p><p>b</p></li></ol>', "3. a\n\n   b"),
        ('<pre><code class="language-py">x\n\n```\n</code></pre>', "````py\nx\n\n```\n````"),
        ("<table><tr><th>A</th><th align=right>B|C</th></tr><tr><td>1</td><td>2</td></tr></table>", "| A | B\\|C |\n| --- | ---: |\n| 1 | 2 |"),
        ("<table><tr><td rowspan=2>1</td></tr></table>", '<table><tr><td rowspan="2">1</td></tr></table>'),
        ('<figure class="alignright"><img src="/a.jpg" alt="A"><figcaption>"C"</figcaption></figure>', '![A](/a.jpg "\\"C\\""){.right}'),
        ('<iframe src="//v.example/1"></iframe><script>alert(1)</script>', "[https://v.example/1](https://v.example/1)"),
        ('<p style="text-align:center">m</p>', '<p class="align-center">m</p>'),
        ("<h2 id=x>A #</h2><hr><blockquote><p>q</p></blockquote>", '## <span id="x"></span>A \\#\n\n---\n\n> q'),
        ("<details><summary>S</summary><p>t</p></details>", "<details>\n<summary>S</summary>\n\nt\n\n</details>"),
        ("<p>a<p>b <div>c</div> d", "a\n\nb\n\nc\n\nd"),
    ],
)  # fmt: skip
def test_html_is_clean_markdown(html, markdown):
    assert markdown_of(html) == markdown


_TEXTS = (
    "word", "a_b", "*x*", "5 * 3", "$5 $6", "[x](y)", "<b", "&amp;", "&lt;i&gt;", "1. ", "- ", "# h", "> q", "`c`", "~~~", "```",
    "http://a.b/c_d*e", "foo\\bar", "| a | b |", "---", "===", "+ x", "!", "![a](b)", "[^1]", "a:", "\xa0", "“q”", "注意：", "\n\n",
    "[ ] t", "&copy;x", "__y__", "~s~", "$$z$$", ": def", "{: .x}", "{.y}", "(", '"', "<!-- z -->",
)  # fmt: skip
_INLINE = ["b", "i", "strong", "em", "code", "a", "span", "del", "sub", "u", "mark", "br", "kbd", "cite"]
_BLOCK = [
    "p",
    "div",
    "ul",
    "blockquote",
    "pre",
    "h2",
    "table",
    "figure",
    "dl",
    "details",
    "section",
    "center",
]


def _fragment(depth: int, rng: random.Random) -> str:
    if depth == 0 or rng.random() < 0.35:
        return "".join(rng.choice(_TEXTS) + rng.choice(("", " ")) for _ in range(rng.randint(1, 4)))
    inner = lambda: "".join(_fragment(depth - 1, rng) for _ in range(rng.randint(1, 3)))  # noqa: E731
    if rng.random() < 0.5:
        name = rng.choice(_INLINE)
        link = ' href="http://x/y(z)_w*?a=1&amp;b=2"' if name == "a" else ""
        return "<br>" if name == "br" else f"<{name}{link}>{inner()}</{name}>"
    match rng.choice(_BLOCK):
        case "table":
            return (
                "<table>"
                + "".join(f"<tr><{cell}>{inner()}</{cell}></tr>" for cell in ("th", "td"))
                + "</table>"
            )
        case "ul":
            return f"<ul><li>{inner()}</li><li>{inner()}</li></ul>"
        case "dl":
            return f"<dl><dt>{_fragment(0, rng)}</dt><dd>{inner()}</dd></dl>"
        case "details":
            return f"<details><summary>{_fragment(0, rng)}</summary>{inner()}</details>"
        case name:
            return f"<{name}>{inner()}</{name}>"


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _said(node: HtmlNode) -> str:
    if isinstance(node, str):
        return node
    inner = "" if node.name in DROPPED else "".join(map(_said, node.children))
    return f" {inner} " if node.name in BLOCKS or node.name == "br" else inner


@pytest.mark.parametrize("seed", range(4))
def test_no_word_is_lost_or_added(seed):
    rng = random.Random(seed)
    for _ in range(60):
        html = "".join(_fragment(3, rng) for _ in range(2))
        rendered = render(markdown_of(html))
        assert _words(rendered.plain) == _words(_said(parse(html))), html
        comment = render(markdown_of_comment(html), profile=SanitiserProfile.COMMENT)
        assert _words(comment.plain) == _words(_said(parse(html))), html


@pytest.mark.parametrize(
    "html",
    [
        "<a " * 50_000,
        "<div>" * 20_000,
        "<!--" * 50_000,
        "<b><i>" * 10_000,
        '<a href="' * 20_000,
        "[" * 20_000,
    ],
)
def test_hostile_html_ends(html):
    markdown_of(html)
