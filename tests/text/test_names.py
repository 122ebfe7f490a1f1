import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.text.names import has_hidden_characters, mixes_scripts, name_key, tidy_title


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada", "ADA"),
        ("straße", "STRASSE"),
        ("ｆｕｌｌ", "full"),
        ("ﬁne", "FINE"),
        ("e\u0301", "é"),
        ("a\u200bb", "ab"),
        ("a\u00adb", "ab"),
        ("\u202eabc", "abc"),
        ("  Ada   Lovelace ", "ada lovelace"),
        ("Ada\u00a0Lovelace", "ada lovelace"),
    ],
)
def test_names_that_look_alike_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("Ada", "Adam"), ("é", "e"), ("", "a")])
def test_names_that_differ_have_different_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(st.text())
def test_key_of_a_key_is_itself(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


@pytest.mark.parametrize(
    "name", ["a\u200bb", "a\u202eb", "a\x00b", "a\nb", "\u3164", "a\ufe0f", "a\U000e0100", "\ue000"]
)
def test_hidden_character_is_found(name: str) -> None:
    assert has_hidden_characters(name)


@pytest.mark.parametrize("name", ["Ada Lovelace", "Žižek", "宮崎 駿", "נועם", "O’Brien-Smith", "🚀"])
def test_visible_name_has_nothing_hidden(name: str) -> None:
    assert not has_hidden_characters(name)


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("The\u202e Ri\u200bver\u2069\n flows\x07", "The River flows"),
        ("a\u2028b\u2029c\x85d", "a b c d"),
        ("\ufeff\u2066", ""),
        ("C++ \u200eשלום\u200f (1)", "C++ \u200eשלום\u200f (1)"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("Donau\u00addampf", "Donau\u00addampf"),
        ("👩\u200d💻 ❤\ufe0f", "👩\u200d💻 ❤\ufe0f"),
    ],
)
def test_titles_turn_nothing_and_keep_what_languages_need(title: str, kept: str) -> None:
    assert tidy_title(title) == kept


@pytest.mark.parametrize("name", ["p\u0430ypal", "\u03bfliver", "ad\u0251\u0430"])
def test_scripts_that_are_not_written_together_are_found(name: str) -> None:
    assert mixes_scripts(name)


@pytest.mark.parametrize(
    "name",
    ["Ada 1", "Žižek", "Иван", "宮崎あやカ", "김 Kim", "Kim 金", "陳 ㄔ Chen", "ー々ア", "ｱ", "123", "", "µ"],
)
def test_scripts_that_are_written_together_pass(name: str) -> None:
    assert not mixes_scripts(name)
