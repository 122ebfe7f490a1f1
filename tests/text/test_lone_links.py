import pytest

from masthead.text import lone_links
from masthead.text.markdown import renderer


def kinds(source):
    links = lone_links.lone_links(renderer.render(source).html)
    return [
        ("file" if link.is_file else "embed", link.address) for link in links if link.is_file or link.is_embed
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[The *report*](/media/r.pdf)", [("file", "/media/r.pdf")]),
        ('![The report](https://news.example/media/r.zip "t")', [("file", "https://news.example/media/r.zip")]),
        ("https://example.org/a?b=1&c=2", [("embed", "https://example.org/a?b=1&c=2")]),
        ("One\n\n<https://example.org/ä>\n\nTwo", [("embed", "https://example.org/%C3%A4")]),
        ("www.example.org", [("embed", "http://www.example.org")]),
        ("https://a.example\n\n> x\n\nhttps://b.example", [("embed", "https://a.example"), ("embed", "https://b.example")]),
        # Words beside it, words for it, pictures, and places where an address is a source.
        ("See https://example.org/", []),
        ("https://example.org/ (1)", []),
        ("[There](https://example.org/)", []),
        ("[https://bank.example/](https://evil.example/)", []),
        ("[See](/media/p.png)", []),
        ("[See](/about.pdf)", []),
        ("- https://example.org/\n\n- b", []),
        ("> https://example.org/", []),
        ("a[^1]\n\n[^1]: https://example.org/", []),
        ("https://a.example https://b.example", []),
        ("<a.b@example.org>", []),
        ("`https://example.org/`", []),
        ("    <p><a href=\"https://a.example\">https://a.example</a></p>", []),
    ],
)  # fmt: skip
def test_paragraph_of_one_link(source, expected):
    assert kinds(source) == expected


def test_only_chosen_paragraphs_are_replaced():
    html = renderer.render("https://a.example\n\nhttps://b.example\n\nText").html
    shown = lone_links.replaced(html, lambda link: "<hr>" if "b." in link.address else None)
    assert shown == ('<p><a href="https://a.example">https://a.example</a></p>\n<hr>\n<p>Text</p>\n')
