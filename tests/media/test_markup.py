"""Stored pictures in pages: sources, sizes, placeholder, credit and focal point."""

from dataclasses import replace

import pytest

from masthead.media import markup
from masthead.media.display import ShownMedia, ShownVariant
from tests.text.parsed import parse

ADDRESS = "/media/ab/c.jpg"
FIELD = ShownMedia(
    id=1, address=ADDRESS, url=f"{ADDRESS}?v=1234", kind="image", media_type="image/jpeg", width=1600, height=900, bytes=9,
    name="field.jpg", alt="", is_decorative=False, caption="", credit="Rhea & Co", licence="CC BY 4.0", focal_x=0.2, focal_y=0.5,
    placeholder="data:image/webp;base64,AAAA",
    variants=tuple(ShownVariant(f"/media/v/{width}.{kind}", width, width // 2, f"image/{kind}")
                   for width in (320, 640) for kind in ("avif", "webp", "jpeg")),
)  # fmt: skip
PLAIN = replace(FIELD, url=ADDRESS, credit="", licence="", focal_x=0.5, placeholder="", variants=())

pytestmark = pytest.mark.databases("sqlite")


def shown(app, html, file=FIELD):
    with app.app_context():
        return markup.with_media(html, {file.address: file})


def test_figure_has_sources_sizes_and_placeholder(app):
    html = shown(
        app,
        f'<figure><img src="{ADDRESS}" alt="A &quot;field&quot;" loading="lazy"><figcaption>May</figcaption></figure>',
    )
    page = parse(html)
    sources = [given for tag, given in page.elements if tag == "source"]
    assert [(one["type"], one["srcset"]) for one in sources] == [
        ("image/avif", "/media/v/320.avif 320w, /media/v/640.avif 640w"),
        ("image/webp", "/media/v/320.webp 320w, /media/v/640.webp 640w"),
    ]
    (image,) = [given for tag, given in page.elements if tag == "img"]
    assert image["src"] == f"{ADDRESS}?v=1234"
    assert image["srcset"].endswith(f"/media/v/640.jpeg 640w, {ADDRESS}?v=1234 1600w")
    assert (image["width"], image["height"], image["alt"]) == ("1600", "900", 'A "field"')
    assert (image["data-focus-x"], image["data-focus-y"]) == ("2", "5")
    assert image["sizes"]
    assert "style" not in page.attributes()
    assert [given["href"] for tag, given in page.elements if tag == "image"] == [FIELD.placeholder]
    assert page.text == "May Rhea & Co, CC BY 4.0"


def test_file_serves_until_there_are_variants(app):
    html = f'<figure><img src="{ADDRESS}" alt="a" loading="lazy"></figure>'
    assert shown(app, html, PLAIN) == (
        f'<figure><img src="{ADDRESS}" alt="a" loading="lazy" width="1600" height="900"></figure>'
    )
    assert shown(app, html.replace(ADDRESS, "/media/un/known.jpg")) == html.replace(
        ADDRESS, "/media/un/known.jpg"
    )


def test_credit_makes_a_caption_and_appears_once(app):
    html = shown(app, f'<figure class="gallery"><figure><img src="{ADDRESS}" alt=""></figure></figure>')
    assert html.count("<figcaption>") == html.count("CC BY") == 1
    assert f'<a href="{ADDRESS}?v=1234" aria-label="Enlarge picture">' in html
    linked = (
        f'<figure class="gallery"><figure><a href="/b"><img src="{ADDRESS}" alt="b"></a></figure></figure>'
    )
    assert shown(app, linked).count("<a ") == 1


def test_picture_in_a_line_has_neither_placeholder_nor_credit(app):
    html = shown(app, f'<p>A <img src="{ADDRESS}" alt="b" width="20"> c</p>')
    assert "<svg" not in html
    assert "CC BY" not in html
    assert 'width="20"' in html
    assert "height=" not in html


def test_address_with_this_site_before_it_is_found(app):
    site = app.config["SITE_URL"]
    assert "<picture>" in shown(app, f'<p><img src="{site}{ADDRESS}" alt=""></p>')
    assert shown(app, f'<p><img src="https://other.example{ADDRESS}" alt="x"></p>') == (
        f'<p><a href="https://other.example{ADDRESS}">x</a></p>'
    )


def test_player_has_the_present_file_and_the_shape_of_its_poster(app):
    html = shown(app, f'<video controls="" src="/media/ab/v.mp4" poster="{ADDRESS}"></video>')
    assert html == (
        f'<video controls="" src="/media/ab/v.mp4" poster="{ADDRESS}?v=1234" width="1600" height="900"></video>'
    )


def test_hostile_words_stay_words(app):
    file = replace(
        FIELD,
        credit='"><script>alert(1)</script>',
        licence="'><img src=x onerror=1>",
        placeholder='data:,"><script>',
    )
    html = shown(app, f'<figure><img src="{ADDRESS}" alt="&quot;&gt;&lt;script&gt;"></figure>', file)
    assert "<script" not in html
    assert html.count("<img") == 1
