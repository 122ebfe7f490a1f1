import pytest

from masthead.text.languages import is_right_to_left


@pytest.mark.parametrize("tag", ["ar", "he", "fa-IR", "AR"])
def test_arabic_hebrew_and_persian_run_from_right_to_left(tag):
    assert is_right_to_left(tag)


@pytest.mark.parametrize("tag", ["en", "de-AT", "arn", ""])
def test_other_languages_run_from_left_to_right(tag):
    assert not is_right_to_left(tag)
