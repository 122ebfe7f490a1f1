import pytest

from masthead.text.markdown import renderer
from masthead.text.markdown.autolinks import trimmed
from tests.text.parsed import parse


@pytest.mark.parametrize(
    ("source", "links"),
    [
        ("See https://example.com/a?b=c&d=e#f.", ["https://example.com/a?b=c&d=e#f"]),
        ("(http://example.com/a_(b))", ["http://example.com/a_(b)"]),
        (
            "*http://example.com/a_b*, **www.example.com**",
            ["http://example.com/a_b", "http://www.example.com"],
        ),
        ("HTTPS://EXAMPLE.com", ["HTTPS://EXAMPLE.com"]),
        ("http://localhost:8000/x and http://[::1]/", ["http://localhost:8000/x", "http://[::1]/"]),
        ("https://例え.jp/あ", ["https://xn--r8jz45g.jp/%E3%81%82"]),
        ("http://a.b http://c.d", ["http://a.b", "http://c.d"]),
        # Not addresses: files, mail, other schemes, code, escaped, or without a host
        ("setup.py README.md example.com", []),
        ("ada@example.com", []),
        ("ftp://example.com xhttp://example.com", []),
        ("`http://example.com`", []),
        (r"http\://example.com", []),
        ("http:// http:///a http://?", []),
        ("www. and awww.example.com", []),
    ],
)
def test_bare_address_becomes_a_link(source: str, links: list[str]) -> None:
    assert parse(renderer.render(source).html).values("href") == links


@pytest.mark.parametrize(
    "source",
    [
        "[http://a.b](/c)",
        '<a href="/c">http://a.b</a>',
        "<a\nhref='/c'>see http://a.b</a>",
        "[![http://a.b](d)](/c)",
    ],
)
def test_address_in_a_link_stays_text(source: str) -> None:
    assert parse(renderer.render(source).html).values("href") == ["/c"]


def test_address_after_other_html_is_a_link() -> None:
    assert parse(renderer.render("<b>x</b> </a> http://a.b").html).values("href") == ["http://a.b"]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("http://a.b/c).", "http://a.b/c"),
        ("http://a.b/(c)", "http://a.b/(c)"),
        ("http://a.b/[c]]", "http://a.b/[c]"),
        ("http://a.b/c?!…", "http://a.b/c"),
        ("...", ""),
    ],
)
def test_punctuation_of_the_sentence_is_not_part_of_an_address(address: str, kept: str) -> None:
    assert trimmed(address) == kept
