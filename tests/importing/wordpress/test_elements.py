import pytest

from masthead.importing.errors import SourceNotFound
from masthead.importing.wordpress import elements, php_values


class Parts:
    """A file in parts of a length."""

    name = "export.xml"

    def __init__(self, text: str, length: int = 1 << 20) -> None:
        self._parts = [text[at : at + length] for at in range(0, len(text), length)]

    def parts(self):
        return iter(self._parts)


TEXT = (
    '<rss xmlns:w="http://wordpress.org/export/1.1/" xmlns:wp="http://wordpress.org/export/1.1/excerpt/"><channel>\n'
    "<item><title><![CDATA[a </item> <item> b]]]]><![CDATA[>c]]></title><w:post_id>7</w:post_id></item>\n"
    "<item ><title>b &amp; c & d</title><x:unbound>e</x:unbound></item ></channel></rss>"
)


def test_items_are_the_same_however_the_file_is_cut_into_parts():
    whole = [(one.text, one.line, one.is_item, one.problem) for one in elements.segments(Parts(TEXT))]
    assert [line for _, line, is_item, _ in whole if is_item] == [2, 3]
    for length in range(1, 70):
        cut = [
            (one.text, one.line, one.is_item, one.problem) for one in elements.segments(Parts(TEXT, length))
        ]
        assert [part[1:] for part in cut] == [part[1:] for part in whole]
        assert [part[0].strip() for part in cut] == [part[0].strip() for part in whole]


def test_split_cdata_foreign_prefixes_and_bare_ampersands_are_read():
    head, first, _, second, _ = elements.segments(Parts(TEXT))
    prefixes = elements.prefixes_of(head.text)
    item = next(elements.parse(first.text, prefixes).all("item"))
    assert item.value("title") == "a </item> <item> b]]>c"
    assert item.value("wp:post_id") == "7"
    other = next(elements.parse(second.text, prefixes).all("item"))
    assert (other.value("title"), other.value("x:unbound")) == ("b & c & d", "e")


def test_an_unclosed_item_ends_at_the_next_one_and_a_cut_off_one_is_named():
    found = list(
        elements.segments(
            Parts("<rss>\n<item><title>a</title>\n<item><title>b</title></item>\n<item><title>c")
        )
    )
    items = [one for one in found if one.is_item]
    assert [bool(one.problem) for one in items] == [False, False, True]
    assert items[2].problem.startswith("The file ends in line 4, in the middle of this item.")


def test_a_giant_item_is_left_out_and_a_doctype_is_refused(monkeypatch):
    monkeypatch.setattr(elements, "MAX_ITEM_CHARACTERS", 1_000)
    giant = f"<rss><item><title>{'a' * 5_000}</title></item><item><title>b</title></item></rss>"
    first, second = (one for one in elements.segments(Parts(giant, 100)) if one.is_item)
    assert "longer than" in first.problem
    assert second.text == "<item><title>b</title></item>"
    bomb = '<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY a "aa"><!ENTITY b SYSTEM "file:///etc/passwd">]><rss><item>&a;</item></rss>'
    with pytest.raises(SourceNotFound, match="line 2"):
        list(elements.segments(Parts(bomb)))


def test_php_values_are_read_and_objects_are_only_named():
    assert php_values.parse('a:2:{s:5:"width";i:640;i:0;a:1:{s:2:"é";b:1;}}') == {
        "width": 640,
        "0": {"é": True},
    }
    with pytest.raises(php_values.PhpObject, match="Evil"):
        php_values.parse('a:1:{i:0;O:4:"Evil":1:{s:1:"a";N;}}')
    for broken in ('s:9999:"a";', "a:5:{", "a:100000000:{i:0;N;}", "i:1", "", "a:1:{" * 100 + "}" * 100):
        with pytest.raises(php_values.NotSerialised):
            php_values.parse(broken)
