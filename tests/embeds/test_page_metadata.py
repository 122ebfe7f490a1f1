"""The title, description and picture of a page, read from each of the ways in which pages state them."""

import json

import pytest

from masthead.embeds.page_metadata import PageMetadata, from_html, from_oembed
from tests.support.pace import measure_work

URL = "https://other.example/blog/ferry"


def read(html, content_type="text/html"):
    return from_html(html if isinstance(html, bytes) else html.encode(), content_type, URL)


def test_open_graph_precedes_other_descriptions():
    found = read(
        "<html><head><title>Ferry - The Other</title><meta name=description content='Plain'>"
        '<meta property="og:title" content="The ferry &amp; the &quot;fog&quot;"><meta content="In \n May" property=og:description>'
        '<meta property="og:image" content="../a b.jpg"><meta property="og:site_name" content="The Other"></head>'
    )
    assert found == PageMetadata(
        'The ferry & the "fog"', "In May", "The Other", "https://other.example/a b.jpg"
    )


@pytest.mark.parametrize(
    ("html", "content_type", "title"),
    [
        ("<title>\n The\tferry </title>", "text/html", "The ferry"),
        ("<TITLE lang=en>A</TITLE><title>B</title>", "text/html", "A"),
        ("<title>Fähre</title>".encode("latin-1"), "text/html; charset=ISO-8859-1", "Fähre"),
        ('<meta charset="shift_jis"><title>船</title>'.encode("shift_jis"), "text/html", "船"),
        ("<title>Fähre</title>".encode(), "text/html; charset=punycode", "Fähre"),
        (b"<title>\xff\xfe</title>", "text/html; charset=nonsense", "\ufffd\ufffd"),
        ("<!-- <title>Old</title> --><script>var a = '<title>X</title>'</script><title>New</title>", "text/html", "New"),
        ("<title>a\x00b\u202egpj.exe\u2066</title>", "text/html", "abgpj.exe"),
        ("<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>", "text/html", "<script>alert(1)</script>"),
        ("<p>Nothing", "text/html", ""),
        ("", "", ""),
    ],
)  # fmt: skip
def test_title(html, content_type, title):
    assert read(html, content_type).title == title


@pytest.mark.parametrize(
    "picture", ["javascript:alert(1)", "data:image/png;base64,AAAA", "http://[", "file:///etc/passwd", " "]
)
def test_picture_comes_from_the_web(picture):
    assert read(f'<meta property="og:image" content="{picture}">').picture == ""


def test_words_are_cut():
    found = read(f'<title>{"word " * 1000}</title><meta name=description content="{"word " * 1000}">')
    assert len(found.title) <= 200
    assert len(found.description) <= 300
    assert found.title.endswith("…")


@pytest.mark.parametrize(
    "piece", ["<meta ", '<meta a="', "<meta a='b' ", "<title ", "<!--", "<script>", "<script", "a=", "&#"]
)
def test_hostile_pages_take_linear_time(piece):
    with measure_work() as work:
        read(piece * (1_500_000 // len(piece)))
    assert work.units < 500


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"title": "Song", "author_name": "Band", "provider_name": "Tube", "thumbnail_url": "https://i.example/1.jpg"},
         PageMetadata("Song", "Band", "Tube", "https://i.example/1.jpg")),
        ({"title": ["x"], "author_name": 3, "thumbnail_url": {"a": 1}}, PageMetadata()),
        ([1], PageMetadata()),
        (None, PageMetadata()),
    ],
)  # fmt: skip
def test_oembed(answer, expected):
    assert from_oembed(json.dumps(answer).encode(), URL) == expected


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
def test_oembed_that_is_none(body):
    assert from_oembed(body, URL) == PageMetadata()
