"""Bodies of WordPress as Markdown, without a database."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from masthead.importing.image_import import ImageImporter
from masthead.importing.items import Item
from masthead.importing.wordpress.options import WordPressOptions
from masthead.importing.wordpress.source import WordPressExport
from masthead.importing.wordpress.spool import Spool
from tests.importing.conftest import LIMITS
from tests.importing.wordpress.conftest import item, meta, wxr

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def translated(tmp_path: Path):
    """Translate the content of a post beside other items."""

    def translate(content: str, *others: str, more: str = ""):
        file = tmp_path / "export.xml"
        file.write_text(wxr(item(1, content=content, more=more), *others))
        with Spool() as spool:
            source = WordPressExport.open([file], WordPressOptions(NOW), spool)
            found = source.scan()
            for one in found.items:
                found.addresses.urls[one.source] = f"/new/{one.slug}" if one.kind != "redirect" else ""
            images = ImageImporter(source.images, None, limits=LIMITS, known={})
            text = source.item("post/1")
            assert isinstance(text, Item)
            return source.translate("post/1", text, found.addresses, images)

    return translate


def attachment(number: int, name: str, **fields: str) -> str:
    """An attachment of post 1."""
    url = f"<wp:attachment_url>https://old.example/wp-content/uploads/2020/01/{name}</wp:attachment_url>"
    return item(
        number,
        "attachment",
        url + fields.pop("more", ""),
        parent="1",
        slug=name.partition(".")[0],
        status="inherit",
        **fields,
    )


UPLOADS = "https://old.example/wp-content/uploads/2020/01"


@pytest.mark.parametrize(
    ("content", "markdown"),
    [
        # Classic text: an empty line ends a paragraph, a line end is a break, except in a block.
        ("One\ntwo\n\nThree", "One\\\ntwo\n\nThree"),
        ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>\nc", "- a\n- b\n\nc"),
        ("a\n<pre>x\n\n  y</pre>\nb", "a\n\n```\nx\n\n  y\n```\n\nb"),
        ("<h2>T</h2>\ntext <b>bold</b>", "## T\n\ntext **bold**"),
        ("<blockquote>q\n\nr</blockquote>", "> q\n>\n> r"),
        ("See [1] and [sic], not [caption] alone.", "See \\[1\\] and \\[sic\\], not \\[caption\\] alone."),
        ("[[gallery]] is written so.", "\\[gallery\\] is written so."),
        ('[sourcecode language="py"]a &lt; b\n\n[x][/sourcecode]', "```py\na < b\n\n[x]\n```"),
        ("[embed]https://v.example/1[/embed]", "<https://v.example/1>"),
        ('[audio src="https://c.example/a.mp3"]', "[a.mp3](https://c.example/a.mp3)"),
        # Blocks.
        ('<!-- wp:paragraph {"align":"left"} -->\n<p>a\nb</p>\n<!-- /wp:paragraph -->', "a b"),
        ('<!-- wp:group --><div><!-- wp:heading {"level":3} --><h3>H</h3><!-- /wp:heading --></div><!-- /wp:group -->', "### H"),
        ("free\ntext\n\n<!-- wp:html --><p>x</p><!-- /wp:html -->", "free\\\ntext\n\nx"),
        ('<!-- wp:embed {"url":"https://v.example/2?a=1\\u0026b=2"} --><figure>x</figure><!-- /wp:embed -->', "<https://v.example/2?a=1&b=2>"),
        ("<!-- wp:verse --><pre class=\"wp-block-verse\">a\nb</pre><!-- /wp:verse -->", "a\\\nb"),
        ('<!-- wp:social-link {"url":"https://s.example/","service":"mastodon"} /-->', "[mastodon](https://s.example/)"),
    ],
)  # fmt: skip
def test_a_body_is_clean_markdown(translated, content, markdown):
    assert translated(content).body == markdown


def test_unknown_blocks_and_shortcodes_stay_visible_and_are_counted(translated):
    found = translated(
        '<!-- wp:acme/chart {"rows":3} /--><!-- wp:acme/box --><p>kept</p><!-- /wp:acme/box -->'
        '<!-- wp:latest-posts /--><p>[contact-form id="7"] [acme]inside[/acme]</p>'
    )
    assert found.visible_tags == {"wp:acme/chart": 1, "wp:acme/box": 1, "[contact-form]": 1, "[acme]": 1}
    for words in ("acme/chart", '"rows": 3', "kept", 'contact-form id="7"', "inside"):
        assert words in found.body
    assert [note.what for note in found.notes if note.kind == "lost"] == ["block latest-posts"]


def test_more_and_page_breaks_footnotes_and_reusable_blocks_keep_their_meaning(translated):
    note = '[{"id":"ab-12","content":"The <em>source</em>."}]'
    found = translated(
        "<!-- wp:paragraph --><p>Opening.</p><!-- /wp:paragraph --><!-- wp:more --><!--more--><!-- /wp:more -->"
        '<!-- wp:block {"ref":9} /--><!-- wp:nextpage --><!--nextpage--><!-- /wp:nextpage -->'
        '<!-- wp:paragraph --><p>End<sup data-fn="ab-12" class="fn"><a href="#ab-12">1</a></sup>.</p><!-- /wp:paragraph -->'
        "<!-- wp:footnotes /-->",
        # It holds itself as well, which must not go on for ever.
        item(
            9,
            "wp_block",
            content='<!-- wp:paragraph --><p>Again.</p><!-- /wp:paragraph --><!-- wp:block {"ref":9} /-->',
        ),
        more=meta(footnotes=note),
    )
    assert found.opening == "Opening."
    assert found.body == "Opening.\n\nAgain.\n\nEnd[^ab12].\n\n[^ab12]: The *source*."
    assert {note.what: note.count for note in found.notes} == {"reusable blocks": 1, "page breaks": 1}


def test_galleries_captions_and_sizes_lead_to_the_originals(translated):
    pictures = (
        attachment(2, "river.jpg", excerpt="The river", more=meta(_wp_attachment_image_alt="Water")),
        attachment(3, "sea-scaled.jpg"),
    )
    found = translated(
        '[gallery ids="3,2,77"]\n\n[caption width="300"]<a href="/x"><img src="'
        + UPLOADS
        + '/river-300x200.jpg" alt="R" /></a> A <b>river</b>[/caption]',
        *pictures,
    )
    assert (
        found.body.split("\n\n")[0]
        == f'![]({UPLOADS}/sea-scaled.jpg)\n![Water]({UPLOADS}/river.jpg "The river")'
    )
    assert f'<img src="{UPLOADS}/river.jpg" alt="R">' in found.body or "river.jpg" in found.body
    assert "A <b>river</b>" in found.body
    lost = {note.what for note in found.notes if note.kind == "lost"}
    assert "gallery" in lost
    # Without ids a gallery shows the post's own pictures.
    assert "river.jpg" in translated("[gallery]", *pictures).body


def test_links_of_every_form_lead_to_the_new_addresses(translated):
    found = translated(
        '<a href="https://old.example/2020/01/text-5/#part">a</a> <a href="/?p=5">b</a> <a href="http://www.old.example/?page_id=6">c</a> '
        '<a href="https://elsewhere.example/?p=5">d</a>',
        item(5),
        item(6, "page", link="https://old.example/about/us/"),
    )
    assert (
        "[a](/new/text-5#part) [b](/new/text-5) [c](/new/text-6) [d](https://elsewhere.example/?p=5)"
        in found.body
    )
