import pytest

from masthead.text import highlighting


def test_code_becomes_spans_with_classes() -> None:
    assert highlighting.highlight("x = 1 # <a>", "python") == (
        'x = <span class="m">1</span> <span class="c"># &lt;a&gt;</span>'
    )


def test_language_is_found_in_any_case() -> None:
    assert highlighting.highlight("1", "PyThOn") == '<span class="m">1</span>'


def test_neighbours_of_one_class_share_a_span() -> None:
    assert highlighting.highlight('"a\'b"', "python") == '<span class="s">"a\'b"</span>'


def test_code_keeps_every_character() -> None:
    code = "\n\n  a\t\n\nb"

    assert highlighting.highlight(code, "python") == code


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("x", "klingon"),
        ("x", ""),
        ("x\n" * 5_500, "python"),
        ("x\n" * 1_600, "csharp"),
        ("x" * (highlighting.MAX_LINE_CHARACTERS + 1), "python"),
    ],
)
def test_code_that_is_unknown_or_too_long_is_left_plain(code: str, language: str) -> None:
    assert highlighting.highlight(code, language) is None


@pytest.mark.parametrize(
    "language", ["bash", "c", "css", "diff", "go", "html", "ini", "java", "js", "json", "rust", "sql"]
)
def test_common_language_is_known(language: str) -> None:
    assert highlighting.highlight("a", language) is not None


@pytest.mark.parametrize("alias", ["py", "python3", "c++", "c#", "sh", "ts", "golang", "yml", "md"])
def test_other_name_of_a_language_is_known(alias: str) -> None:
    assert highlighting.effort("x", alias) > 0


def test_code_in_no_known_language_costs_nothing() -> None:
    assert highlighting.effort("x" * 1_000_000, "klingon") == 0


def test_twice_the_code_costs_four_times_as_much_and_more_in_a_language_that_is_hard_to_read() -> None:
    assert highlighting.effort("xx", "python") == 4 * highlighting.effort("x", "python")
    assert (
        highlighting.effort("x", "csharp") > highlighting.effort("x", "c") > highlighting.effort("x", "json")
    )
