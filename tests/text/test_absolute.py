import pytest

from masthead.text.absolute import absolute_links
from masthead.text.xml import legal

BASE = "https://magazine.example/blog/post/harvest"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('<a href="/about">x</a>', '<a href="https://magazine.example/about">x</a>'),
        ('<a href="#fn-1">1</a>', f'<a href="{BASE}#fn-1">1</a>'),
        ('<a href="sowing">x</a>', '<a href="https://magazine.example/blog/post/sowing">x</a>'),
        ('<a href="//other.example/x">x</a>', '<a href="https://other.example/x">x</a>'),
        (
            '<a title="a > b" href="/x?a=1&amp;b=2">x</a>',
            '<a title="a > b" href="https://magazine.example/x?a=1&amp;b=2">x</a>',
        ),
        ('<img alt="" src="/m.png">', '<img alt="" src="https://magazine.example/m.png">'),
        ('<q cite="/x">x</q>', '<q cite="https://magazine.example/x">x</q>'),
        (
            '<img srcset="/a.png 1x, /b.png 2x">',
            '<img srcset="https://magazine.example/a.png 1x, https://magazine.example/b.png 2x">',
        ),
        # These stay as they are.
        ('<a href="mailto:walt@example.org">x</a>', '<a href="mailto:walt@example.org">x</a>'),
        ('<a href="https://other.example/">x</a>', '<a href="https://other.example/">x</a>'),
        ('<a href="http://[broken">x</a>', '<a href="http://[broken">x</a>'),
        ('<code>&lt;a href="/x"&gt;</code>', '<code>&lt;a href="/x"&gt;</code>'),
        ('<p>say href="/x" twice</p>', '<p>say href="/x" twice</p>'),
    ],
)
def test_absolute_links_changes_addresses_alone(given, expected):
    assert absolute_links(given, BASE) == expected


def test_legal_keeps_all_that_xml_can_hold():
    assert legal("\t\n\r é \U0001f33e") == "\t\n\r é \U0001f33e"
    assert legal("a\0\x08\x0b\x0c\x1f\ud800\ufffe\uffffb") == "ab"
