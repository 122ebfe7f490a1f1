"""Clipboards of Google Docs, Word and web pages, shortened to what matters."""

import pytest

from masthead.text.markdown.renderer import render
from masthead.text.pasting.rich_text import MAX_ELEMENTS, markdown_of
from tests.support.pace import measure_work

GOOGLE_DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1">
<h1 dir="ltr"><span style="font-weight:700">Rivers</span></h1><p dir="ltr" style="line-height:1.38">
<span style="font-size:11pt;font-weight:400;font-style:normal">Plain and </span><span
style="font-weight:700;font-style:italic">both</span><span style="font-weight:400"> and </span><a
href="https://www.google.com/url?q=https://example.org/x&amp;sa=D"><span style="text-decoration:underline">a link</span></a></p>
<ul><li dir="ltr"><p role="presentation"><span style="font-weight:400">One</span></p></li><ul><li><p><span>Nested</span></p>
</li></ul><li><p><span>Two</span></p></li></ul><p><br></p><h2>Smaller</h2></b>"""
WORD = """<html xmlns:o="urn"><head><style>p.MsoNormal{margin:0}</style></head><body><!--StartFragment-->
<p class=MsoNormal>Some <b>bold</b>&nbsp;words<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='font-family:Symbol'><span
style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span></span><![endif]>One</p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><![if !supportLists]><span>1.<span>&nbsp;</span></span><![endif]>Inner</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><![if !supportLists]><span>·</span><![endif]>Two</p>
<p class=MsoNormal>The end</p><!--EndFragment--></body></html>"""
PAGE = """<h3>Code</h3><pre><code class="language-python">a = 1
  b</code></pre><blockquote><p>Said</p></blockquote><ul><li><input type=checkbox checked> done</li><li><input type=checkbox> open</li></ul>
<table><thead><tr><th>A</th><th>B|C</th></tr></thead><tbody><tr><td>1</td><td>2<br>3</td></tr></tbody></table>
<p><del>gone</del> H<sub>2</sub>O<br>below</p><p><img src="https://example.org/a.png" alt="A ferry"></p>"""


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        (
            GOOGLE_DOCS,
            "## Rivers\n\nPlain and ***both*** and [a link](https://example.org/x)\n\n- One\n  - Nested\n- Two\n\n### Smaller",
        ),
        (WORD, "Some **bold** words\n\n- One\n  1. Inner\n- Two\n\nThe end"),
        (
            PAGE,
            (
                "### Code\n\n```python\na = 1\n  b\n```\n\n> Said\n\n- [x] done\n- [ ] open\n\n| A | B\\|C |\n| --- | --- |\n| 1 | 2<br>3 |\n\n"
                "~~gone~~ H<sub>2</sub>O\\\nbelow\n\n![A ferry](https://example.org/a.png)"
            ),
        ),
        # A picture of the clipboard itself, and one of the writer's disk.
        ("<p>x<img src='data:image/png;base64,AA'><img src='file:///c/a.png'></p>", "x"),
        ("<p><a href='javascript:alert(1)'>press</a><a href='https://example.org'></a></p>", "press"),
        ("<script>alert(1)</script><style>p{}</style><p onclick=x>a</p>", "a"),
        ("<ol start='²'><li>a</li></ol>", "1. a"),
        ("<ol start='3'><li>a</li><li>b</li></ol>", "3. a\n4. b"),
        ("", ""),
    ],
    ids=lambda value: value[:20],
)
def test_rich_text_becomes_clean_markdown(html, markdown):
    assert markdown_of(html) == markdown


@pytest.mark.parametrize(
    "text",
    [
        "# no heading",
        "1. no item",
        "- no item",
        "> no quotation",
        "*no* _emphasis_ a_b_c",
        "`no code` [no](link)",
        "<b> &amp; a < b",
        "a | b",
    ],
)
def test_marks_in_a_plain_text_stay_what_they_are(text):
    """The rendered text equals the copied one."""
    shown = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert f"<p>{shown}</p>" == render(markdown_of(f"<p>{shown}</p>")).html.strip()


@pytest.mark.parametrize(
    "html",
    ["<div>" * 2_000, "<ul><li>a" * 500, "<p>a</p>" * (MAX_ELEMENTS + 1), "<p>" + "a" * 600_000],
    ids=["deep", "nested", "many", "long"],
)
def test_too_large_a_text_is_left_plain(html):
    assert markdown_of(html) == ""


@pytest.mark.parametrize(
    "unit",
    [
        "<ol><li>a</li></ol>",
        "<span style='font-weight:700'>a</span>",
        "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>a</p>",
    ],
)
def test_largest_texts_take_seconds_at_most(unit):
    with measure_work() as work:
        assert markdown_of(unit * (MAX_ELEMENTS // 2))
    assert work.units < 500
