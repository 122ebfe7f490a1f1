import pytest

from masthead.text import pictures, sanitise
from masthead.text.markdown import renderer

SITE = "https://news.example"
SIZES = {"/media/ab/c.png": (400, 300)}


def shown(html):
    return pictures.for_page(html, SITE, lambda addresses: {a: SIZES[a] for a in addresses if a in SIZES})


@pytest.mark.parametrize(
    ("address", "is_external"),
    [
        ("https://other.example/a.png", True),
        ("http://news.example/a.png", True),
        ("//other.example/a.png", True),
        ("https://news.example.evil.example/a.png", True),
        ("https://news.example@evil.example/a.png", True),
        ("https://news.example:8443/a.png", True),
        ("https://news.example/media/ab/c.png", False),
        ("https://NEWS.example/media/ab/c.png", False),
        ("/media/ab/c.png", False),
        ("field.png", False),
        ("", False),
        ("http://[", False),
    ],
)
def test_is_external(address, is_external):
    assert pictures.is_external(address, SITE) is is_external


def test_own_picture_gets_its_size():
    assert shown('<img src="/media/ab/c.png" alt="a > b">') == (
        '<img src="/media/ab/c.png" alt="a > b" width="400" height="300">'
    )


@pytest.mark.parametrize(
    "html",
    [
        '<img src="/media/ab/c.png" alt="" width="40">',
        '<img src="/media/unknown.png" alt="">',
        "<img>",
        '<p>No picture, <a href="/x">a link</a>.</p>',
        "",
    ],
)
def test_other_text_stays(html):
    assert shown(html) == html


@pytest.mark.parametrize(
    ("html", "link"),
    [
        ('<img src="https://o.example/a&amp;b.png" alt="A &amp; B">', '<a href="https://o.example/a&amp;b.png">A &amp; B</a>'),
        ('<img alt="" src="https://o.example/x/field.png?w=1">', '<a href="https://o.example/x/field.png?w=1">field.png</a>'),
        ('<img src="//o.example/">', '<a href="//o.example/">//o.example/</a>'),
        ('<a href="/b"><img src="https://o.example/c.png" alt="See"></a> <img src="https://o.example/c.png" alt="d">',
         '<a href="/b">See</a> <a href="https://o.example/c.png">d</a>'),
        ('<figure><img src="https://o.example/c.png" alt="See"><figcaption>f</figcaption></figure>',
         '<figure><a href="https://o.example/c.png">See</a><figcaption>f</figcaption></figure>'),
    ],
)  # fmt: skip
def test_picture_of_another_site_is_a_link(html, link):
    assert shown(html) == link


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<audio controls="" src="https://o.example/t.mp3" aria-label="A &amp; B"><a href="https://o.example/t.mp3">t</a></audio>',
         '<a href="https://o.example/t.mp3">A &amp; B</a>'),
        ('<video src="//o.example/t.mp4"></video>', '<a href="//o.example/t.mp4">t.mp4</a>'),
        ('<video src="/media/t.mp4" poster="https://o.example/p.jpg"><track src="https://o.example/c.vtt" label=">"><track src="/c.vtt"></video>',
         '<video src="/media/t.mp4"><track src="/c.vtt"></video>'),
        ('<p><audio src="https://news.example/media/t.mp3">x</audio></p>', '<p><audio src="https://news.example/media/t.mp3">x</audio></p>'),
    ],
)  # fmt: skip
def test_player_loads_nothing_from_other_sites(html, expected):
    assert shown(html) == expected


def test_copies_take_the_place_of_pictures_and_of_nothing_else():
    html = '<p title="https://o.example/a.png"><a href="https://o.example/a.png"><img alt="https://o.example/a.png" src="https://o.example/a.png"></a></p>'
    copied = pictures.with_copies(html, {"https://o.example/a.png": '/media/"x.png'})
    assert copied == html.replace(' src="https://o.example/a.png"', ' src="/media/&quot;x.png"')


def test_pictures_are_found_in_markdown_and_in_html():
    html = renderer.render(
        "![a](https://o.example/1.png)\n\n<p><IMG SRC='https://o.example/2.png?a=1&amp;b=2'></p>\n\n`![c](https://o.example/3.png)`"
    ).html
    assert pictures.external_sources(html, SITE) == [
        "https://o.example/1.png",
        "https://o.example/2.png?a=1&b=2",
    ]


@pytest.mark.parametrize(
    ("source", "removed"),
    [
        ('<video src="a.mp4" controls></video>', ()),
        ("Text with <audio src=a.mp3> in it, and\n\n<IFRAME src='//x'></IFRAME>", ("iframe",)),
        (
            "<script>alert(1)</script>\n\n<embed src=x>\n\n<object data=x></object>",
            ("script", "embed", "object"),
        ),
        ("<iframe/src=x></iframe>\n\n<iframe src=y></iframe>", ("iframe",)),
        # Neither code nor comments nor what is kept.
        ("`<video>` and <!-- <iframe> -->\n\n```\n<audio src=x>\n```\n\n    <object>", ()),
        ("<details><summary>a</summary>b</details> <videos> $\\frac{1}{2}$", ()),
    ],
)
def test_removed_elements_are_named(source, removed):
    assert renderer.render(source).removed == removed


def test_every_element_that_is_named_is_removed():
    for name in sanitise.removed_elements("".join(f"<{name}>" for name in sorted(sanitise._MISSED))):
        assert f"<{name}" not in sanitise.clean(f"<p>a</p><{name}>b</{name}>")
