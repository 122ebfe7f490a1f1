import json
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from masthead.importing.errors import Unreadable
from masthead.importing.reading.decoding import decode
from masthead.importing.reading.fields import as_text
from masthead.importing.reading.front_matter import Notation, split


def problem(text, **options):
    with pytest.raises(Unreadable) as caught:
        split(text, **options)
    return caught.value.line, caught.value.message


def test_yaml_is_split_from_the_text():
    document = split("---\ntitle: Hello\ntags: [a, b]\n---\nText\n")
    assert document.values == {"title": "Hello", "tags": ["a", "b"]}
    assert (document.body, document.body_line) == ("Text\n", 5)
    assert document.lines == {"title": 2, "tags": 3}


def test_toml_is_split_from_the_text():
    document = split('+++\ntitle = "Hello"\ndraft = true\n[extra]\nx = 1\n+++\n\nText')
    assert document.values == {"title": "Hello", "draft": True, "extra": {"x": 1}}
    assert (document.notation, document.body, document.body_line) == (Notation.TOML, "\nText", 7)
    assert document.lines["extra"] == 4


def test_json_is_split_from_the_text():
    document = split('{\n  "title": "Hello {x}",\n  "tags": ["a"]\n}\nText')
    assert document.values == {"title": "Hello {x}", "tags": ["a"]}
    assert (document.notation, document.body, document.body_line) == (Notation.JSON, "Text", 5)
    assert document.lines["tags"] == 3


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ('---json\n{\n  "title": "Hello"\n}\n---\nText', Notation.JSON),
        ('--- JSON \n\n{"title": "Hello"}\n\n---\nText', Notation.JSON),
        ("---yaml\ntitle: Hello\n---\nText", Notation.YAML),
        ('---toml\ntitle = "Hello"\n---\nText', Notation.TOML),
    ],
)
def test_the_opening_line_may_name_the_notation(text, notation):
    document = split(text)
    assert (document.values, document.body, document.notation) == ({"title": "Hello"}, "Text", notation)
    assert text.splitlines()[document.lines["title"] - 1].count("title") == 1
    assert text.splitlines()[document.body_line - 1] == "Text"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('---json\n{\n  "title": Hello\n}\n---\nText', 3, "not JSON"),
        ('---json\n["title"]\n---\nText', 2, "no object"),
        ('---json\n{"title": "A"}\n\n{"title": "B"}\n---\nText', 4, "follows"),
        ('---json\n{"title": "A"}\nText', 1, "never closed"),
        ("\n---js\n{ title: 'Hello' }\n---\nText", 2, "a program, which is never run"),
        ("---javascript\n{ title: 'Hello' }\n---\nText", 1, "a program, which is never run"),
    ],
)
def test_what_a_named_notation_does_not_allow_is_refused_with_its_line(text, line, words):
    found, message = problem(text)
    assert found == line
    assert words in message


def test_a_notation_that_is_named_may_hold_nothing():
    assert split("---json\n---\nText").values == {}


def test_header_lines_are_split_from_the_text():
    document = split(
        "Title: Hello: again\nTags: a, b\nSummary: first\n    second\nAuthors: Ada\n    Bo\n\nText\n"
    )
    assert document.values == {
        "title": "Hello: again",
        "tags": "a, b",
        "summary": "first second",
        "authors": ["Ada", "Bo"],
    }
    assert (document.notation, document.body, document.body_line) == (Notation.HEADERS, "Text\n", 8)


@pytest.mark.parametrize(
    "text",
    [
        "Just a text.\n",
        "# Heading\n\n---\n\nA rule is no fence.",
        "{% include x %}\nText",
        "{{ x }}",
        "{: .lead}\nText",
        "Note: this is prose, not a header.\n",
        "",
    ],
)
def test_a_text_without_front_matter_is_all_text(text):
    document = split(text)
    assert (document.notation, document.body, document.body_line) == (Notation.NONE, text, 1)


def test_scalars_stay_what_was_typed():
    values = split("---\na: No\nb: 2014-03-12\nc: 007\nd: 1e3\ne: ~\nf:\ng: 'null'\n---\n").values
    assert values == {"a": "No", "b": "2014-03-12", "c": "007", "d": "1e3", "e": None, "f": None, "g": "null"}


def test_blank_lines_and_spaces_around_the_fences_do_no_harm():
    assert split("\n\n---  \ntitle: x\n...\t\nText").values == {"title": "x"}


def test_an_empty_front_matter_is_one():
    document = split("---\n---\nText")
    assert (document.values, document.body, document.notation) == ({}, "Text", Notation.YAML)


def test_repeated_keys_are_told_and_the_last_counts():
    document = split("---\na: 1\nb: 2\na: 3\n---\n")
    assert document.values["a"] == "3"
    assert document.repeated == (("a", 4),)
    assert split('{"a": 1,\n"a": 2}').repeated == (("a", 1),)
    assert split("Title: a\nTags: x\nTitle: b\n\n").repeated == (("title", 3),)


def test_few_aliases_and_merges_are_followed():
    values = split("---\na: &x {k: v}\nb: *x\nc:\n  <<: *x\n  l: w\n---\n").values
    assert values["b"] == {"k": "v"}
    assert values["c"] == {"l": "w", "k": "v"}


LAUGHS = "a: &a [x]\n" + "".join(f"b{n}: &b{n} [{', '.join(['*a'] * 9)}]\n" for n in range(9))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        # Never closed.
        ("---\ntitle: x\n", 1, "never closed by ---"),
        ("\n+++\ntitle = 1\n", 2, "never closed by +++"),
        # Another format than it says.
        ("---\ntitle: [x\nb: y\n---\n", 3, "not YAML"),
        ("---\na: b\n\tc: d\n---\n", 3, "not YAML"),
        ("---\n- a\n- b\n---\n", 2, "not a list of names"),
        ("---\na: 1\n? [b]\n: c\n---\n", 3, "cannot be the name"),
        ("+++\ntitle = \n+++\n", 2, "not TOML"),
        ("+++\na = 1\na = 2\n+++\n", 3, "not TOML"),
        ('{\n"a": ,\n}', 2, "not JSON"),
        # Features that front matter does not need.
        ("---\na: !!python/object:os.system x\n---\n", 2, "tag"),
        ("---\na: 1\nb: !include /etc/passwd\n---\n", 3, "tag"),
        (f"---\n{LAUGHS}---\n", 5, "aliases"),
        ("---\na: &a [*a]\n---\n", 2, "no anchor"),
        ("---\na: *b\n---\n", 2, "no anchor"),
        ("---\na: " + "[" * 60 + "]" * 60 + "\n---\n", 2, "levels deep"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", 1, "nesting"),
        ("+++\na = " + "[" * 10_000 + "]" * 10_000 + "\n+++\n", 2, "nesting"),
        ("---\na: b\x08\n---\n", 2, "control character"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text, line, words):
    found, message = problem(text)
    assert words in message
    assert found == line


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"---\ntitle: x\n---\nfine\nbad \xff\n", 5, "0xff is not UTF-8"),
        (b"\xef\xbb\xbfok\nbad \xe9\n", 2, "0xe9 is not UTF-8"),
        ("---\n".encode("utf-16"), 1, "UTF-16"),
    ],
)
def test_bytes_that_are_no_text_are_named_with_their_line(content, line, words):
    with pytest.raises(Unreadable, match=words) as caught:
        decode(content)
    assert caught.value.line == line


def test_marks_line_ends_and_nul_are_tidied():
    decoded = decode(b"\xef\xbb\xbf---\r\ntitle: a\x00b\r\n---\rText")
    assert decoded.text == "---\ntitle: ab\n---\nText"
    assert decoded.dropped == 1


def test_escaped_surrogates_and_nul_do_not_reach_the_database():
    values = split('{"a": "x\\ud800y\\u0000", "b\\ud800": ["\\udfff"]}').values
    assert values == {"a": "xy", "b": [""]}


PIECES = st.sampled_from(
    ["---\n", "+++\n", "...\n", "a: b\n", "a = 1\n", "&x ", "*x", "!!t ", "[", "]", "{", "}", '"', ":", "\n", "- ", "<<: ", "\t", "\x00", "Title: t\n", "é", "\ud800"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
@example("---\n\ud800---\n---\n")
def test_no_text_raises_anything_but_our_error(text):
    for headers in (True, False):
        with suppress(Unreadable):
            assert text.endswith(split(text, headers=headers).body)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_our_error(content):
    with suppress(Unreadable):
        split(decode(content).text)


@given(
    st.dictionaries(
        st.text(min_size=1),
        st.recursive(st.text() | st.integers() | st.booleans() | st.none(), st.lists, max_leaves=5),
    )
)
def test_json_that_python_writes_is_read(values):
    if not values:
        return
    document = split(json.dumps(values) + "\nbody")
    assert document.body == "body"
    assert all(isinstance(as_text(value), str) for value in document.values.values())
