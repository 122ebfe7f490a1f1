import pytest

from masthead.exporting.static_site.layout import SiteLayout, place_of
from masthead.exporting.static_site.redirect_pages import page
from masthead.exporting.static_site.rewriting import Rewriter
from masthead.exporting.static_site.search_index import folded, shard_of, words_of

LAYOUT = SiteLayout("http://old.example", "https://new.example/blog-site")


@pytest.fixture
def rewriter():
    return Rewriter(LAYOUT, "/blog/post/here", lambda _path, _query: None)


@pytest.mark.parametrize(
    ("path", "query", "file", "address"),
    [
        ("/", "", "index.html", "/"),
        ("/blog/post/a-b", "", "blog/post/a-b/index.html", "/blog/post/a-b/"),
        ("/blog/author/wilma.k", "", "blog/author/wilma.k/index.html", "/blog/author/wilma.k/"),
        ("/blog/tag/x", "page=2", "blog/tag/x/page/2/index.html", "/blog/tag/x/page/2/"),
        ("/blog/", "page=1", "blog/index.html", "/blog/"),
        ("/blog/post/a", "comments=3&utm=x", "blog/post/a/comments/3/index.html", "/blog/post/a/comments/3/"),
        ("/blog/tag/x/feed.xml", "", "blog/tag/x/feed.xml", "/blog/tag/x/feed.xml"),
        ("/theme.css", "v=1", "theme.css", "/theme.css?v=1"),
        ("/media/ab/c.jpg", "v=9", "media/ab/c.jpg", "/media/ab/c.jpg?v=9"),
        ("/search", "q=a%20b", "search/index.html", "/search/?q=a%20b"),
        ("/stra%C3%9Fe/caf%C3%A9", "", "straße/café/index.html", "/stra%C3%9Fe/caf%C3%A9/"),
        ("/old/x.html", "", "old/x.html", "/old/x.html"),
    ],
)
def test_each_address_has_a_file(path, query, file, address):
    place = place_of(path, query)
    assert (place.file, place.address) == (file, address)


@pytest.mark.parametrize(
    "path",
    [
        "/../etc/passwd",
        "/a/%2e%2e/b",
        "/a/..%2f..%2fb",
        "/a%00b",
        "/a//b",
        "/a%5Cb",
        "/C:/x",
        "x",
        "/" + "x" * 300,
        "/a%0ab",
    ],
)
def test_an_address_that_leaves_the_folder_has_no_file(path):
    assert place_of(path) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('<a href="/blog/post/x">', '<a href="/blog-site/blog/post/x/">'),
        ('<a title="a > b" href="/blog/?page=2#c">', '<a title="a > b" href="/blog-site/blog/page/2/#c">'),
        ('<a href="http://old.example/about">', '<a href="https://new.example/blog-site/about/">'),
        ('<a href="http://old.example.evil/about">', '<a href="http://old.example.evil/about">'),
        ('<a href="#part">', '<a href="#part">'),
        ('<a href="mailto:a@b.example">', '<a href="mailto:a@b.example">'),
        ('<a href="?page=2">', '<a href="/blog-site/blog/post/here/page/2/">'),
        (
            '<img srcset="/media/a.webp 100w, /media/b.webp 2x">',
            '<img srcset="/blog-site/media/a.webp 100w, /blog-site/media/b.webp 2x">',
        ),
        (
            '<meta property="og:url" content="http://old.example/">',
            '<meta property="og:url" content="https://new.example/blog-site/">',
        ),
        ('<form action="/search">', '<form action="/blog-site/search/">'),
        ("<code>/blog/post/x http://old.example/</code>", "<code>/blog/post/x http://old.example/</code>"),
    ],
)
def test_links_of_a_page_lead_into_the_copy(rewriter, written, expected):
    assert rewriter.html(written) == expected


def test_a_feed_keeps_its_ids_and_its_links_lead_into_the_copy(rewriter):
    feed = (
        '<id>http://old.example/</id><link href="http://old.example/blog/post/x?comment=5&amp;a=1"/>'
        '<c>&lt;img src="http://old.example/media/a.jpg"&gt; http://old.example.evil/</c>'
    )
    assert rewriter.absolute(feed) == (
        '<id>http://old.example/</id><link href="https://new.example/blog-site/blog/post/x/"/>'
        '<c>&lt;img src="https://new.example/blog-site/media/a.jpg"&gt; http://old.example.evil/</c>'
    )
    document = '{"id": "http://old.example/1", "url": "http://old.example/blog/post/x", "html": "<a href=\\"http://old.example/about\\">"}'
    assert rewriter.absolute(document) == (
        '{"id": "http://old.example/1", "url": "https://new.example/blog-site/blog/post/x/",'
        ' "html": "<a href=\\"https://new.example/blog-site/about/\\">"}'
    )


def test_a_redirect_page_escapes_its_target():
    assert 'href="https://x.example/?a=1&amp;b=&quot;"' in page('https://x.example/?a=1&b="')


#: Hindi, Bengali, Tamil, Telugu and Malayalam: their vowel signs are marks.
INDIAN_WORDS = ("किताब", "बाज़ार", "পুস্তক", "বাংলাদেশ", "தமிழகம்", "తెలుగు", "മലയാളം")


def test_words_are_folded_for_the_index():
    assert folded("CAFÉ Straße ﬁn") == "cafe strasse fin"
    assert list(words_of("Don't 東京都 x2")) == ["don", "t", "東京", "京都", "x2"]
    for word in INDIAN_WORDS:
        assert list(words_of(f"({word})")) == [folded(word)]
    assert (shard_of("wheat"), shard_of("a")) == ("77-68", "61")
