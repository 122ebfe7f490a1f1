import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.text import plain, sanitise
from masthead.text.markdown import renderer


@pytest.mark.parametrize("text", ["", "Ada", "über 日本 🚀\n\t", "\x01\uffff"])
def test_text_that_databases_keep_is_storable(text: str) -> None:
    assert plain.is_storable(text)


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "a\udfff"])
def test_text_with_nul_or_half_a_character_is_not_storable(text: str) -> None:
    assert not plain.is_storable(text)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a <b>b</b></p>\n<p>c &lt; d</p>", "a b\nc < d"),
        ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "a\nb"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("a<br>b<hr>c", "a\nb\nc"),
        ('<p><img alt="x > y" src="z">a</p>', "a"),
        ("", ""),
    ],
)
def test_html_is_read_as_lines(html: str, text: str) -> None:
    assert plain.text_of(sanitise.clean(html)) == text


@given(st.text())
def test_plain_text_has_no_markup_left(source: str) -> None:
    text = renderer.render(source).plain

    assert text == text.strip()
    assert "  " not in text
    assert "\n\n" not in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("One, two; three.", 3),
        ("Don’t re-read e.g. 3.14", 4),
        ("日本語", 3),
        ("Python は楽しい", 5),
        ("ภาษา", 4),
        ("한국어 단어", 2),
        ("— … !", 0),
    ],
)
def test_words_are_counted_in_many_scripts(text: str, words: int) -> None:
    assert plain.word_count(text) == words
