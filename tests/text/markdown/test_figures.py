"""Figures, galleries and players: what media become in a text."""

import pytest

from masthead.text import sanitise
from masthead.text.markdown import renderer
from tests.text.parsed import parse


def html_of(source: str) -> str:
    return renderer.render(source).html.strip()


@pytest.mark.parametrize(
    ("source", "opening"),
    [
        ('![A](/media/a.jpg "Ours"){.wide}', '<figure class="wide"><img src="/media/a.jpg" alt="A"'),
        ("![A](/media/a.jpg){: .full width=300 }", '<figure class="full"><img'),
        ("[![A](/a.jpg)](/there){.right}", '<figure class="align-right"><a href="/there"><img'),
        # Words that mean nothing here vanish; other braces stay.
        ("![A](/a.jpg){.shadow #x}", "<figure><img"),
        ("![A](/a.jpg){see below}", "<p><img"),
        ("![A](/a.jpg) {.wide}", "<p><img"),
        ("![A](/a.jpg){.wide} and words", "<p><img"),
    ],
)
def test_attributes_behind_a_picture(source: str, opening: str) -> None:
    assert html_of(source).startswith(opening)
    assert ("{" in parse(html_of(source)).text) == ("see below" in source or " {" in source)


def test_several_pictures_of_a_paragraph_become_a_gallery() -> None:
    html = html_of('![a](/1.png "One"){.wide}\n[![b](/2.png)](/b)\n![c](/3.png)')

    assert html.startswith('<figure class="gallery wide"><figure><img src="/1.png"')
    assert html.count("<figure>") == 3
    assert "<figcaption>One</figcaption></figure><figure><a href" in html


def test_sound_and_film_have_players_with_captions_and_transcript() -> None:
    html = html_of(
        '![A *talk*](/media/t.mp4 "Part 1"){poster=/media/p.jpg captions-en=/media/e_n.vtt captions=https://s.example/c.vtt transcript=#text}'
    )

    assert html == (
        '<figure><video controls="" src="/media/t.mp4" preload="metadata" aria-label="A talk" poster="/media/p.jpg">'
        '<track kind="captions" src="/media/e_n.vtt" srclang="en" label="en">'
        '<track kind="captions" src="https://s.example/c.vtt" label="Captions">'
        '<a href="/media/t.mp4">A talk</a></video><figcaption>Part 1 <a href="#text">Transcript</a></figcaption></figure>'
    )
    assert html_of("![](/media/t.MP3?v=1)").startswith('<figure><audio controls="" src="/media/t.MP3?v=1"')
    assert "<p>Hear <audio controls" in html_of("Hear ![it](/a.ogg)")


def test_player_is_no_text_but_makes_the_post_no_blank_one() -> None:
    rendered = renderer.render('![Talk](/media/t.mp3 "Part 1")')

    assert rendered.plain == "Part 1"
    assert not renderer.plain.is_blank(renderer.render("![Talk](/media/t.mp3)").html)


@pytest.mark.parametrize(
    "source",
    [
        "![a](/x.mp4){poster=javascript:alert(1) captions=javascript:1 transcript=vbscript:1}",
        '![a](/x.mp4){poster="data:text/html,<script>" captions="/a\'><script>.vtt"}',
        '![" onerror=x><script>](/x.mp3 "</figcaption><script>")',
        "<video src=/a.mp4 autoplay loop onplay=x poster=javascript:1><track src=javascript:1 onload=x></video>",
        "<audio src=javascript:1></audio>",
        "![a](/x.mp3){captions-en\"onload=x=/a.vtt} ![b](/y.png){.wide\" onload=x}",
    ],
)  # fmt: skip
def test_hostile_media_stay_harmless(source: str) -> None:
    html = html_of(source)
    page = parse(html)

    assert html == sanitise.clean(html)
    assert not {name for name in page.attributes() if name.startswith("on") or name in ("autoplay", "loop")}
    assert page.schemes() <= {"", "https"}
    assert "script" not in page.tags()
    assert all(attributes["controls"] == "" for tag, attributes in page.elements if tag in ("audio", "video"))


def test_file_in_the_notation_of_pictures_is_a_link() -> None:
    assert html_of('![The *report*](/media/r.pdf "t")') == '<p><a href="/media/r.pdf">The report</a></p>'
    assert html_of("![](/media/r%20b.pdf)") == '<p><a href="/media/r%20b.pdf">r b.pdf</a></p>'
