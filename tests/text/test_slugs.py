import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.text.slugs import SLUG_CHARACTERS, slugify


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("Don't “panic”: 10 tips", "dont-panic-10-tips"),
        ("Über 1,000 Straßen & mehr", "uber-1000-strassen-mehr"),
        ("AT&amp;T", "at-amp-t"),
        ("你好，世界", "ni-hao-shi-jie"),
        ("Привет, мир", "privet-mir"),
        ("مرحبا بالعالم", "mrhb-bl-lm"),
        ("🚀", "rocket"),
        ("We ♥ 🚀", "we"),
        ("🚀 🎉 ⭐", "rocket-party-popper-white-medium-star"),
        ("", "untitled"),
        ("?!", "untitled"),
        ("\x00\ud800", "untitled"),
        ("a/../b", "a-b"),
    ],
)
def test_title_becomes_a_slug(title: str, slug: str) -> None:
    assert slugify(title) == slug


def test_long_title_is_cut_at_a_word() -> None:
    slug = slugify("extraordinary " * 50)

    assert len(slug) <= SLUG_CHARACTERS
    assert slug.endswith("-extraordinary")


def test_long_word_is_cut() -> None:
    assert slugify("x" * 100_000) == "x" * SLUG_CHARACTERS


@given(st.text())
def test_slug_is_always_fit_for_an_address(title: str) -> None:
    slug = slugify(title)

    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= SLUG_CHARACTERS
    assert slugify(slug) == slug
