import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.text.excerpts import WORDS_PER_MINUTE, excerpt, reading_minutes


@pytest.mark.parametrize(
    ("text", "characters", "cut"),
    [
        ("Short enough.", 20, "Short enough."),
        ("Two\nlines", 20, "Two lines"),
        ("One two three four", 12, "One two…"),
        ("One two, three", 10, "One two…"),
        ("One two", 7, "One two"),
        ("One twos", 7, "One…"),
        ("Incomprehensibilities", 10, "Incompreh…"),
        ("A incomprehensibilities", 10, "A incompr…"),
        ("日本語の文章はとても長い", 6, "日本語の文…"),
        ("", 10, ""),
        ("abc", 0, ""),
        ("a" + " " * 100 + "b", 5, "a…"),
    ],
)
def test_excerpt_is_cut_after_a_word(text: str, characters: int, cut: str) -> None:
    assert excerpt(text, characters) == cut


@given(st.text(), st.integers(1, 50))
def test_excerpt_is_never_longer_than_asked_for(text: str, characters: int) -> None:
    assert len(excerpt(text, characters)) <= characters


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (1, 1), (WORDS_PER_MINUTE * 3, 3), (10_000, 42)])
def test_reading_takes_whole_minutes(words: int, minutes: int) -> None:
    assert reading_minutes(words) == minutes
