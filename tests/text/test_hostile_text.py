"""Texts made to take long. Work is counted in steps of the parser, not in seconds, so these can't fail by chance.

Threat 52 of the research (security.md): parsers that take quadratic time.
"""

import gc
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest
from markdown_it.token import Token

from masthead.text import html_limits, sanitise
from masthead.text.markdown import renderer, work_limit
from masthead.text.profiles import SanitiserProfile
from tests.support.costs import Record
from tests.support.pace import measure_work
from tests.text.parsed import parse

N = 500
Maker = Callable[[int], str]


def repeated(piece: str) -> Maker:
    return lambda n: piece * n


MAKERS: dict[str, Maker] = {
    "quotations in each other": repeated("> "),
    "quotation going on lazily": lambda n: ">" * 50 + "a\n" * n,
    "lists in each other": repeated("- "),
    "lists in quotations": repeated("> - a\n"),
    "list going in and out": lambda n: "".join(" " * (i % 100) + "- a\n" for i in range(n)),
    "opening brackets": repeated("["),
    "opening brackets of images": repeated("!["),
    "brackets in each other": lambda n: "[" * n + "a" + "](b)" * n,
    "unfinished links": repeated("[a]("),
    "unfinished titles": repeated('[a](b "'),
    "reference definitions": repeated("[a]: b\n"),
    "footnote marks without end": lambda n: "[^1]: x\n\n" + "[^a" * n,
    "footnotes in each other": repeated("[^1]:"),
    "one footnote often": lambda n: "[^1]: x\n\n" + "[^1]" * n,
    "opening emphasis": repeated("*a "),
    "mixed emphasis": repeated("*a **b _c __d "),
    "closing emphasis": repeated("a* "),
    "backticks of all lengths": lambda n: " ".join("`" * i for i in range(int((2 * n) ** 0.5))),
    "backticks unclosed": repeated("`a"),
    "broad table": lambda n: "|a" * n + "|\n" + "|-" * n + "|\n",
    "long table": lambda n: "|a|\n|-|\n" + "|b|\n" * n,
    "rows that lack cells": lambda n: "|a" * 50 + "|\n" + "|-" * 50 + "|\n" + "|b\n" * n,
    "entities": repeated("&amp;"),
    "unfinished entities": repeated("&a"),
    "less-than signs": repeated("<"),
    "unfinished tags": repeated('<a b="'),
    "unfinished comments": repeated("<!--"),
    "unfinished CDATA": repeated("<![CDATA["),
    "unfinished processing": repeated("<?"),
    "addresses": repeated("http://a.b/( "),
    "addresses without end": repeated("http://a.b/("),
    "dollars": repeated("$a "),
    "escaped dollars": repeated("$a\\$"),
    "formulas unfinished": repeated("$$\na\n"),
    "definitions": repeated("a\n: b\n"),
    "definitions in each other": lambda n: "a\n" + ": " * n,
    "headings alike": repeated("# a\n"),
    "underlined headings": repeated("a\n=\n"),
    "fences": repeated("```\n~~~\n"),
    "tasks": repeated("- [ ] a\n"),
    "backslashes": repeated("\\"),
    "newlines": repeated("\n"),
    "NULs": repeated("\0"),
    "tabs": repeated("-\t"),
    "a run of asterisks": lambda n: "a" + "*" * n,
    "runs of asterisks": lambda n: ("a" + "*" * 49) * (n // 50),
    "runs of tildes": lambda n: ("a" + "~" * 49) * (n // 50),
    "underscores": lambda n: "a" + "_" * n,
    "asterisks in turn": repeated("*_"),
    "divisions in each other": repeated("<div>"),
    "bold without end": repeated("<b>"),
    "images": repeated("![a](b)"),
    "Markdown in HTML": repeated('<div markdown="1">\n'),
    "Markdown in HTML closed": repeated('<div markdown="1">\na\n</div>\n'),
    "closing tags": repeated("</div>\n"),
    "explicit ids": repeated("# a {#a}\n"),
    "attribute lists": lambda n: "# a {" + ".a " * n,
    "lists of kramdown": repeated("# a\n{: #a}\n"),
    "named anchors": repeated('<a name="a"></a>\n\n'),
    "dead fragments": repeated("[a](#b) "),
    "wide emphasis": repeated("**注：**不"),
    "fences of unknown languages": repeated("```zzz\na\n```\n"),
    "fences of code": repeated("```python\na\n```\n"),
    "delimiter rows": repeated("|-|\n"),
    "wide rows": lambda n: "|a|b|\n|-|-|\n" + "|" * n,
}
MEGABYTE = 1_000_000
#: What a parser of a megabyte may make, at 0.5 kB and 5 microseconds each.
MOST_TOKENS = 200_000
MOST_MEGABYTES = 300
#: Two seconds of a quiet processor, and room for what probes and a full heap add.
MOST_UNITS = 500


def of_size(maker: Maker, size: int) -> str:
    sample = maker(1_000)
    return maker(max(1, size * 1_000 // len(sample)))[:size]


def steps(source: str, profile: SanitiserProfile) -> int:
    """Count what the parser does with a text when nothing bounds it."""
    env: dict[str, Any] = {"steps_left": 10**9}
    renderer._parser(profile).parse(source, env)
    return 10**9 - int(env["steps_left"])


@pytest.mark.parametrize("profile", SanitiserProfile)
@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_twice_the_text_takes_about_twice_the_steps(maker: Maker, profile: SanitiserProfile) -> None:
    assert steps(maker(2 * N), profile) <= 2.5 * steps(maker(N), profile) + 100


@pytest.mark.parametrize("maker", MAKERS.values(), ids=MAKERS)
def test_hostile_text_is_rendered_in_proportion(maker: Maker) -> None:
    source = maker(N)

    assert len(renderer.render(source).html) <= 400 * len(source)


@pytest.mark.parametrize("name", MAKERS)
def test_a_megabyte_is_bounded(name: str, monkeypatch: pytest.MonkeyPatch, record_cost: Record) -> None:
    source = of_size(MAKERS[name], MEGABYTE)
    tokens = counted_tokens(monkeypatch)
    before = resident_megabytes()

    with measure_work() as work:
        rendered = renderer.render(source)

    memory = peak_megabytes() - before
    record_cost(f"Markdown: {name}", len(source.encode()), work.seconds, memory, len(rendered.html.encode()))
    assert work.units <= MOST_UNITS
    assert tokens[0] <= MOST_TOKENS
    assert memory <= MOST_MEGABYTES
    assert len(rendered.html) <= renderer.FREE_HTML_CHARACTERS + renderer.MAX_GROWTH * len(source)
    assert not html_limits.is_heavy(rendered.html)


def resident_megabytes() -> int:
    """What the process holds, from where its peak is counted anew (proc(5), clear_refs)."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak_megabytes()


def peak_megabytes() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) // 1_024


def test_a_megabyte_has_the_steps_of_about_a_second() -> None:
    assert work_limit.budget("a" * MEGABYTE) <= 70_000


def counted_tokens(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the tokens that are made: memory and time go with them."""
    made = [0]
    prepare = Token.__post_init__

    def count(token: Token) -> None:
        made[0] += 1
        prepare(token)

    monkeypatch.setattr(Token, "__post_init__", count)
    return made


@pytest.mark.parametrize("depth", [10, 20, 29])
def test_lists_in_lists_keep_their_text(depth: int) -> None:
    source = "".join(f"{'  ' * level}- level {level}\n" for level in range(depth))

    assert parse(renderer.render(source).html).tags() >= {"ul", "li"}
    assert [f"level {level}" in renderer.render(source).plain for level in range(depth)] == [True] * depth


@pytest.mark.parametrize("depth", [20, 60, 200])
def test_quotations_in_quotations_keep_their_text(depth: int) -> None:
    assert "deep inside" in renderer.render("> " * depth + "deep inside").plain


@pytest.mark.parametrize("opening", ["> ", "- ", "1. ", "> - "])
def test_text_below_the_last_level_is_shown(opening: str) -> None:
    assert renderer.render(opening * 100 + "deep inside").plain.endswith("deep inside")


def test_text_beyond_the_budget_is_shown_as_its_source() -> None:
    source = "[" * 200_000 + "<b>"

    rendered = renderer.render(source)

    assert rendered.is_source
    assert rendered.html == f'<pre tabindex="0">{"[" * 200_000}&lt;b&gt;</pre>\n'
    assert rendered.toc == ()


def test_dense_text_of_a_real_length_is_within_the_budget() -> None:
    source = "Some *prose* with `code`, [links](/a) and **weight**.\n\n- a list\n- of two\n\n" * 1_500

    assert not renderer.render(source).is_source
    assert steps(source, SanitiserProfile.ARTICLE) < work_limit.budget(source)


def test_long_plain_text_is_within_the_budget() -> None:
    source = "A line of prose as novels have it, with nothing but words and a stop at the end.\n\n" * 12_000

    assert not renderer.render(source).is_source


@pytest.mark.parametrize("width", [70, 80])
def test_a_book_in_lines_of_a_terminal_is_within_the_budget_whatever_its_length(width: int) -> None:
    words = (
        "Nothing but words stands in it, as long as books are - and some of them talk, but said *one*, no! "
    )
    line = (words * 2)[: width - 1].rstrip() + "\n"
    source = (line * 12 + "\n") * (1_000_000 // (12 * width))

    taken = steps(source, SanitiserProfile.ARTICLE)

    assert taken < work_limit.budget(source)
    assert 4 * taken < work_limit.budget("a" * 4_000_000)


def test_a_long_article_of_many_parts_is_within_half_of_the_budget() -> None:
    part = (
        "## Part {n}\n\n" + "A sentence with a [link](/a), a *stress*, and a note.[^{n}] " * 3 + "\n\n"
        "```python\ndef part_{n}(value):\n    return value + {n}\n```\n\n- one\n- two\n\n"
        + PROSE
        * 16
        + "\n\n"
        "[^{n}]: The note of part {n}.\n\n"
    )
    source = "".join(part.replace("{n}", str(n)) for n in range(250))

    rendered = renderer.render(source)

    assert len(source) > 400_000
    assert (len(rendered.toc), rendered.html.count("<pre")) == (250, 250)
    assert steps(source, SanitiserProfile.ARTICLE) < work_limit.budget(source) // 2


PROSE = "Nothing but words stands in this sentence, which is as long as sentences are in books. "


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\n\na",
        "\r\r\na\r\nb\rc\n",
        "a\0b\0\n",
        "\0\na",
        "a\xa0&nbsp;&amp;\"'",
        "</pre><script>",
        "\ufffe\x01\x0c",
    ],
)
def test_text_as_it_was_typed_is_what_the_sanitiser_would_make_of_it(text: str) -> None:
    assert sanitise.as_source(text) == sanitise.clean(f"<pre>{escape(text)}</pre>\n")
