import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.text import sanitise
from masthead.text.markdown import renderer
from masthead.text.profiles import SanitiserProfile
from tests.text.parsed import parse


def test_allowed_html_is_kept() -> None:
    html = '<p>A <strong>bold</strong> <a href="/blog/" title="All posts">link</a>.</p>'

    assert sanitise.clean(html) == html


def test_unknown_element_is_dropped_and_its_text_kept() -> None:
    assert sanitise.clean("<font color=red>red</font>") == "red"


@pytest.mark.parametrize("tag", sorted(sanitise.DROPPED_WITH_CONTENT - {"plaintext"}))
def test_element_without_readable_text_is_dropped_with_it(tag: str) -> None:
    assert "hidden" not in sanitise.clean(f"<p>a</p><{tag}>hidden</{tag}>")


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        # Only our own classes, and each only where it belongs
        ('<span class="k evil">x</span>', '<span class="k">x</span>'),
        ('<p class="k">x</p>', "<p>x</p>"),
        ('<p class="has-text-align-center wide">x</p>', '<p class="align-center">x</p>'),
        ('<p class="aligncenter align-center">x</p>', '<p class="align-center">x</p>'),
        ('<code class="language-c++ x">x</code>', '<code class="language-c++">x</code>'),
        ('<span class="language-c">x</span>', "<span>x</span>"),
        # Ids are as written, and links within the text follow them; those of the page are not to be had
        ('<p id="intro">x</p>', '<p id="intro">x</p>'),
        ('<p id="fig:1.2">x</p>', '<p id="fig:1.2">x</p>'),
        ('<p id=" a b\'%&quot;c ">x</p>', '<p id="a-b-c">x</p>'),
        ('<p id="main_content">x</p>', "<p>x</p>"),
        ('<p id="comment-12">x</p>', "<p>x</p>"),
        ('<p id="comment_body-hint">x</p>', "<p>x</p>"),
        ('<a href="#intro">x</a>', '<a href="#intro">x</a>'),
        ('<a href="#%C3%BC">x</a>', '<a href="#ü">x</a>'),
        ('<a href="#top">x</a>', '<a href="#top">x</a>'),
        ('<a href="#">x</a>', '<a href="#">x</a>'),
        # Windows are the reader's business
        ('<a href="/x" target="_blank" rel="opener">x</a>', '<a href="/x">x</a>'),
        # Numbers have bounds
        ("<td>x</td>", "x"),
        ('<ol start="3" reversed=""><li value="7">x</li></ol>', None),
        ('<ol start="99999999999"><li>x</li></ol>', "<ol><li>x</li></ol>"),
        ('<img src="/a.png" width="640" height="1e9">', '<img src="/a.png" width="640" loading="lazy">'),
        ('<img src="/a.png" loading="eager">', '<img src="/a.png" loading="lazy">'),
        ('<math><mspace width="5em"></mspace></math>', None),
        ('<math><mspace width="500em"></mspace></math>', "<math><mspace></mspace></math>"),
        ('<math><mi href="/x" style="x">a</mi></math>', "<math><mi>a</mi></math>"),
        # The only form control is the box of a task
        ('<input type="text" name="password">', '<input type="checkbox">'),
        ('<p lang="de" dir="rtl">x</p>', None),
        ('<p lang="de&quot;" dir="up">x</p>', "<p>x</p>"),
    ],
)
def test_attribute_is_kept_only_in_its_shape(html: str, kept: str | None) -> None:
    assert sanitise.clean(html) == (kept or html)


def test_comment_has_no_pictures_ids_or_formulas() -> None:
    html = '<h2 id="x">a</h2><img src="/a.png"><math><mi>x</mi></math><p id="y">b</p>'

    assert sanitise.clean(html, SanitiserProfile.COMMENT) == "a<p>b</p>"


@pytest.mark.parametrize("href", ["https://example.com/", "/blog/", "mailto:ada@example.com"])
def test_link_in_a_comment_earns_its_target_nothing(href: str) -> None:
    html = sanitise.clean(f'<a href="{href}" rel="me">x</a>', SanitiserProfile.COMMENT)

    assert html == f'<a href="{href}" rel="nofollow ugc noopener">x</a>'


def test_id_in_the_text_cannot_be_one_of_the_page() -> None:
    assert sanitise.content_id("Über uns!") == "Über-uns!"
    assert sanitise.content_id("  ") == ""
    assert len(sanitise.content_id("x" * 500)) == sanitise.ID_CHARACTERS


def test_names_of_the_lists_are_those_of_the_renderer() -> None:
    classes = set().union(*sanitise.CLASSES.values())

    assert {"footnote-ref", "math-block", "task-list-item", "align-right", "k"} <= classes
    assert all(re.fullmatch(r"[a-z-]+", name) for name in classes)


FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *(
                "<p>",
                "</p>",
                "<b>",
                "</b>",
                "<i>",
                "</i>",
                "<a href=x>",
                "</a>",
                "<table>",
                "<tr>",
                "<td>",
                "</table>",
            ),
            *(
                "<svg>",
                "</svg>",
                "<math>",
                "</math>",
                "<mi>",
                "<mtext>",
                "<mglyph>",
                "<annotation-xml encoding=text/html>",
            ),
            *(
                "<style>",
                "</style>",
                "<!--",
                "-->",
                "<title>",
                "</title>",
                "<noscript>",
                "</noscript>",
                "<template>",
            ),
            *(
                "<select>",
                "<option>",
                "<form>",
                "</form>",
                "<desc>",
                "<foreignObject>",
                "<img src=x onerror=y>",
                '"',
                "'",
            ),
            *(
                "<![CDATA[",
                "]]>",
                "<li>",
                "<ul>",
                "<pre>\n",
                "<textarea>",
                "<h1 id=a>",
                "&lt;",
                "&amp;lt;",
                "&#0;",
                "x",
                "\n",
            ),
            *(
                "<br>",
                "<ruby>",
                "<rt>",
                "<details>",
                "<summary>",
                "<caption>",
                "<colgroup>",
                "<col>",
                "<input>",
                "<label>",
            ),
        ]
    ),
    max_size=25,
).map("".join)


@pytest.mark.parametrize("profile", SanitiserProfile)
@given(html=st.one_of(st.text(), FRAGMENTS))
def test_cleaning_twice_is_cleaning_once(profile: SanitiserProfile, html: str) -> None:
    once = sanitise.clean(html, profile)

    assert sanitise.clean(once, profile) == once
    assert parse(once).tags() <= sanitise.TAGS[profile]


@pytest.mark.parametrize("profile", SanitiserProfile)
@given(source=st.one_of(st.text(), FRAGMENTS, st.text(alphabet="*_`[]()<>!#$|~^:\\-+>&\"' \n\tab1")))
def test_any_source_renders_to_what_the_sanitiser_leaves_alone(
    profile: SanitiserProfile, source: str
) -> None:
    html = renderer.render(source, profile=profile).html

    assert sanitise.clean(html, profile) == html
