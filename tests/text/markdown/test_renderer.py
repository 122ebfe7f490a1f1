import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from masthead.text.markdown import renderer
from masthead.text.markdown.headings import Heading
from masthead.text.profiles import SanitiserProfile
from tests.text.parsed import parse


def test_article_is_rendered_with_contents_words_and_plain_text() -> None:
    rendered = renderer.render("# Hello *world*\n\nTwo words")

    assert rendered.html == '<h1 id="hello-world">Hello <em>world</em></h1>\n<p>Two words</p>\n'
    assert rendered.toc == (Heading(1, "hello-world", "Hello world"),)
    assert rendered.plain == "Hello world\nTwo words"
    assert rendered.words == 4
    assert not rendered.is_source


def test_empty_source_renders_to_nothing() -> None:
    assert renderer.render("") == renderer.Rendered("", (), 0, "")


def test_rendered_text_travels_between_processes() -> None:
    rendered = renderer.render("# A\n\n$x^2$ and `code`")

    assert pickle.loads(pickle.dumps(rendered)) == rendered


def test_many_threads_render_alike() -> None:
    source = "# A\n\n- [x] b\n\n```python\nimport os\n```\n\n$x$[^1]\n\n[^1]: note\n"

    with ThreadPoolExecutor(8) as threads:
        results = set(threads.map(lambda _: renderer.render(source), range(32)))

    assert results == {renderer.render(source)}


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("~~gone~~", "<p><s>gone</s></p>"),
        ("Term\n: Meaning", "<dl>\n<dt>Term</dt>\n<dd>Meaning</dd>\n</dl>"),
        ("<b>raw</b> &copy;", "<p><b>raw</b> ©</p>"),
        (
            "|a|b|c|\n|:-|:-:|-:|\n|1|2|3|",
            (
                '<table tabindex="0">\n<thead>\n<tr>\n<th class="align-left">a</th>\n<th class="align-center">b</th>\n'
                '<th class="align-right">c</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td class="align-left">1</td>\n'
                '<td class="align-center">2</td>\n<td class="align-right">3</td>\n</tr>\n</tbody>\n</table>'
            ),
        ),
        ("|a|\n|-|", '<table tabindex="0">\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n</table>'),
    ],
)
def test_extension_is_rendered(source: str, html: str) -> None:
    assert renderer.render(source).html.strip() == html


# Headings


def test_headings_alike_have_ids_of_their_own() -> None:
    toc = renderer.render("# A\n## A\n# a-1\n# 🚀\n#\n").toc

    assert [heading.id for heading in toc] == ["a", "a-1", "a-1-1", "heading", "heading-1"]


def test_heading_leaves_an_id_that_the_author_took() -> None:
    html = renderer.render('<p id="intro">x</p>\n\n<b id=more>y</b> z\n\n# Intro\n\n# More').html

    assert parse(html).values("id") == ["intro", "more", "intro-1", "more-1"]


def test_heading_is_listed_as_it_is_read() -> None:
    (heading,) = renderer.render("## A `b` *c* ![d](e) $f$\n").toc

    assert heading == Heading(2, "a-b-c-d-f", "A b c d f")


def test_heading_on_two_lines_is_listed_on_one() -> None:
    (heading,) = renderer.render("A\nb\n===\n").toc

    assert heading.text == "A b"


def test_link_to_a_heading_finds_it() -> None:
    assert '<a href="#the-end">' in renderer.render("[end](#the-end)\n\n# The end").html


def test_heading_of_a_comment_is_below_those_of_the_page_and_has_no_id() -> None:
    rendered = renderer.render("# A\n\n###### B", profile=SanitiserProfile.COMMENT)

    assert rendered.html == "<h4>A</h4>\n<h6>B</h6>\n"
    assert rendered.toc == ()


# Pictures


def test_image_alone_in_its_paragraph_becomes_a_figure() -> None:
    html = renderer.render('![A *cat*](/cat.png "Our cat")').html

    assert html == (
        '<figure><img src="/cat.png" alt="A cat" loading="lazy" decoding="async">'
        "<figcaption>Our cat</figcaption></figure>\n"
    )


def test_linked_image_alone_becomes_a_figure() -> None:
    html = renderer.render('[![A cat](/cat.png "Our cat")](/cats)').html

    assert html.startswith('<figure><a href="/cats"><img')
    assert "<figcaption>Our cat</figcaption></figure>" in html


@pytest.mark.parametrize("source", ["A ![b](/c.png)", "![a](/b.png) and ![c](/d.png)", "- ![a](/b.png)"])
def test_image_beside_text_stays_in_the_line(source: str) -> None:
    assert "figure" not in parse(renderer.render(source).html).tags()


def test_image_in_a_comment_becomes_a_link() -> None:
    html = renderer.render("![A cat](/cat.png) ![](/dog.png)", profile=SanitiserProfile.COMMENT).html

    assert html == (
        '<p><a href="/cat.png" rel="nofollow ugc noopener">A cat</a> '
        '<a href="/dog.png" rel="nofollow ugc noopener">/dog.png</a></p>\n'
    )


# Tasks


def test_task_is_a_labelled_box() -> None:
    html = renderer.render("- [x] Write\n- [ ] Print").html

    assert (
        '<li class="task-list-item"><label><input class="task-list-item-checkbox" type="checkbox" disabled="" '
        'checked=""> Write</label></li>'
    ) in html
    assert html.startswith('<ul class="contains-task-list">')


@pytest.mark.parametrize(
    "source", ["- [ ] # Title", "- [ ] - a", "- [ ] ```\n  x", "- [ ]  \n", "1. [x] a\n\n   b"]
)
def test_task_without_a_line_of_text_is_rendered(source: str) -> None:
    assert "<li" in renderer.render(source).html


# Comments


def test_html_in_a_comment_is_shown_as_it_was_typed() -> None:
    html = renderer.render("<b>a</b> $x$ [^1]", profile=SanitiserProfile.COMMENT).html

    assert html == "<p>&lt;b&gt;a&lt;/b&gt; $x$ [^1]</p>\n"


# Code


def test_code_is_highlighted_by_classes() -> None:
    html = renderer.render('```python title="x"\ndef f(): return "<"\n```').html

    assert html == (
        '<pre tabindex="0"><code class="language-python"><span class="k">def</span> <span class="nf">f</span>(): '
        '<span class="k">return</span> <span class="s">"&lt;"</span>\n</code></pre>\n'
    )


@pytest.mark.parametrize("language", ["", "klingon"])
def test_code_in_no_known_language_is_plain(language: str) -> None:
    page = parse(renderer.render(f"```{language}\nif x < y\n```").html)

    assert page.text.strip() == "if x < y"
    assert "span" not in page.tags()


def test_code_beyond_the_bound_of_a_text_is_plain() -> None:
    code = "import os\n" * 800
    html = renderer.render(f"```python\n{code}```\n\n" * 3).html

    assert html.startswith('<pre tabindex="0"><code class="language-python"><span class="k">import</span>')
    assert html.endswith(f'<pre tabindex="0"><code class="language-python">{code}</code></pre>\n')
