from masthead.text.markdown import footnotes, renderer
from tests.text.parsed import parse


def test_footnote_is_linked_both_ways() -> None:
    html = renderer.render("Fact[^a].\n\n[^a]: Source.").html

    assert '<sup class="footnote-ref"><a href="#fn:1" id="fnref:1">[1]</a></sup>' in html
    assert (
        '<li id="fn:1" class="footnote-item"><p>Source. '
        '<a href="#fnref:1" class="footnote-backref">\u21a9\ufe0e</a></p>\n</li>'
    ) in html


def test_every_reference_to_a_footnote_has_its_own_way_back() -> None:
    page = parse(renderer.render("a[^1] b[^1] c[^2]\n\n[^1]: x\n[^2]: y").html)

    assert page.values("id") == ["fnref:1", "fnref:1:1", "fnref:2", "fn:1", "fn:2"]
    assert page.values("href") == [
        "#fn:1",
        "#fn:1",
        "#fn:2",
        "#fnref:1",
        "#fnref:1:1",
        "#fnref:2",
    ]


def test_footnote_is_no_part_of_the_words() -> None:
    rendered = renderer.render("One[^1] two\n\n[^1]: three")

    assert rendered.plain == "One two\nthree"
    assert rendered.words == 3


def test_reference_without_a_note_stays_text() -> None:
    html = renderer.render("a[^b] c[^1]\n\n[^1]: x").html

    assert "<p>a[^b] c<sup" in html


def test_label_that_is_too_long_stays_text() -> None:
    label = "x" * footnotes.MAX_LABEL_CHARACTERS

    assert "footnote-ref" not in renderer.render(f"a[^{label}]\n\n[^{label}]: x").html


def test_note_in_the_line_stays_text() -> None:
    assert renderer.render("a^[b]").html == "<p>a^[b]</p>\n"
