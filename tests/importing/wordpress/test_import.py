"""The command `masthead import wordpress`, on both databases."""

import gzip
import io
import zipfile

import pytest
from sqlalchemy import select

from masthead.comments.models import Comment
from masthead.importing.wordpress import spool
from masthead.pages.models import Page
from masthead.people.models import User
from masthead.posts.models import Post
from masthead.tags.models import Tag
from tests.importing.wordpress.conftest import comment, item, meta, term, wxr
from tests.media.pictures import picture

AUTHORS = """<wp:author><wp:author_id>7</wp:author_id><wp:author_login>grace</wp:author_login><wp:author_email>g@old.example</wp:author_email>
<wp:author_display_name><![CDATA[Grace Hopper]]></wp:author_display_name></wp:author>
<wp:category><wp:category_nicename>news</wp:category_nicename><wp:category_parent></wp:category_parent><wp:cat_name>News</wp:cat_name></wp:category>
<wp:category><wp:category_nicename>boats</wp:category_nicename><wp:category_parent>news</wp:category_parent><wp:cat_name>Boats &amp; Ferries</wp:cat_name>
<wp:category_description><![CDATA[All that <em>floats</em>.]]></wp:category_description></wp:category>
"""
PICTURE = "<wp:attachment_url>https://old.example/wp-content/uploads/2020/01/river.png</wp:attachment_url>"
SEO = {
    "_yoast_wpseo_title": "Meta %%sep%% %%sitename%%", "_yoast_wpseo_metadesc": "About a &amp; b", "rank_math_facebook_title": "Card",
    "_yoast_wpseo_twitter-title": "Card", "_yoast_wpseo_opengraph-description": "Said",
    "_yoast_wpseo_opengraph-image": "https://old.example/wp-content/uploads/2020/01/river-150x150.png",
    "_yoast_wpseo_canonical": "https://first.example/ferry",
}  # fmt: skip
SITE = (
    item(1, slug="ferry", title="The Ferry &amp; I", excerpt="A summary.", content='Hello <img src="/wp-content/uploads/2020/01/river-300x200.png" alt="R"> world.',
         more=term("category", "boats", "Boats &amp; Ferries") + term("post_tag", "sea", "Sea, deep") + term("author", "cap-grace", "Grace Hopper")
         + term("author", "cap-guest", "A Guest") + meta(_wp_old_slug="old-ferry", _thumbnail_id="9", **SEO)
         + comment(10, "First <b>words</b>\nsecond", author="Rhea") + comment(11, "Answer", parent="10", user_id="7")
         # Its parent comes later, and the last two answer each other.
         + comment(13, "Late", parent="14") + comment(14, "Early") + comment(15, "a", parent="16") + comment(16, "b", parent="15")
         + comment(17, "Nobody's answer", parent="999") + comment(18, "Waits", approved="0") + comment(19, "Buy!", approved="spam")
         + comment(20, "Old", approved="trash") + comment(21, "[...] said", type="pingback", author="Other blog", author_url="https://b.example/1")
         + comment(22, "Editors only", type="note")),
    item(2, slug="ferry", link="https://old.example/?p=2", title="Same slug"),
    item(3, status="draft", slug="", link="https://old.example/?p=3", date="0000-00-00 00:00:00", title="Draft"),
    item(4, status="private", title="Private"), item(5, password="x", title="Locked"), item(6, status="pending", title="Pending"),
    item(7, status="future", title="Missed"), item(8, status="future", date="2999-01-01 00:00:00", title="To come"),
    item(9, "attachment", PICTURE + meta(_wp_attachment_image_alt="Water"), slug="river", status="inherit", link="https://old.example/2020/01/ferry/river/"),
    item(30, "page", meta(rank_math_title="Us"), slug="team", link="https://old.example/about-us/team/", title="Team"),
    item(31, "nav_menu_item", term("nav_menu", "main", "Main") + meta(_menu_item_type="post_type", _menu_item_object="page", _menu_item_object_id="30"), title=""),
    item(32, "nav_menu_item", term("nav_menu", "main", "Main") + meta(_menu_item_type="custom", _menu_item_url="https://old.example/2020/01/ferry/"), title="Ferry"),
    item(33, "product", title="A shop's thing"), item(34, status="trash"),
)  # fmt: skip


def test_a_site_comes_over_whole_and_a_second_import_changes_nothing(move, tmp_path, client, stored):
    uploads = tmp_path / "media" / "uploads" / "2020" / "01"
    uploads.mkdir(parents=True)
    (uploads / "river.png").write_bytes(picture())
    found = move(wxr(*SITE, head=AUTHORS), "--media", str(tmp_path / "media"))
    assert found["counts"] == {"imported": 10, "skipped": 4}
    statuses = {title: status.value for title, status in stored(select(Post.title, Post.status))}
    assert statuses == {
        "The Ferry & I": "public", "Same slug": "public", "Draft": "draft", "Private": "draft", "Locked": "draft",
        "Pending": "in_review", "Missed": "draft", "To come": "public",
    }  # fmt: skip
    for number, words in ((4, "private"), (5, "password"), (7, "passed")):
        assert words in str(found["by_source"][f"post/{number}"]["changed"])
    assert {name for (name,) in stored(select(Tag.name))} == {"Boats & Ferries", "Sea deep"}
    assert ("All that floats.",) in stored(select(Tag.description))
    assert {"Grace Hopper", "A Guest", "Rhea", "Other blog"} <= {
        name for (name,) in stored(select(User.name))
    }
    _check_pages(client)
    _check_comments(stored)
    _check_card(stored, found)
    again = move(wxr(*SITE, head=AUTHORS), "--media", str(tmp_path / "media"))
    assert again["counts"] == {"unchanged": 10, "skipped": 4}
    _check_comments(stored)


def _check_pages(client):
    page = client.read("/blog/post/ferry")
    assert page.text("//h1") == "The Ferry & I"
    shown = [image.get("src") for image in page.all("//main//img")]
    assert len(shown) >= 2
    assert all(source.startswith("/media/") for source in shown)
    text = page.text("//body")
    assert "Editors only" not in text and "Buy!" not in text and "Waits" not in text  # noqa: PT018 (one page)
    assert "Grace Hopper" in text and "A Guest" in text  # noqa: PT018
    for old, new in {
        "/2020/01/ferry/": "/blog/post/ferry", "/2020/01/old-ferry/": "/blog/post/ferry", "/?p=1": "/blog/post/ferry",
        "/?p=2": "/blog/post/ferry-2", "/about-us/team/": "/page/team", "/?page_id=30": "/page/team", "/category/news/boats/": "/blog/tag/boats-ferries",
        "/feed/": "/feed.xml", "/feed/rss2/": "/rss.xml", "/author/grace/": "/blog/author/grace",
    }.items():  # fmt: skip
        answer = client.get(old)
        # A redirect keeps the query of the request.
        assert (answer.status_code, answer.location.partition("?")[0]) == (301, new), old
    for old in ("/wp-content/uploads/2020/01/river.png", "/2020/01/ferry/river/", "/?attachment_id=9"):
        assert client.get(old).location.startswith("/media/"), old
    assert {"/page/team", "/blog/post/ferry"} <= set(client.read("/blog/").links)


def _check_card(stored, found):
    columns = (
        Post.meta_title,
        Post.meta_description,
        Post.card_title,
        Post.card_description,
        Post.canonical_url,
    )
    (words,) = stored(select(*columns).where(Post.slug == "ferry"))
    assert words == ("Meta", "About a & b", "Card", "Said", "https://first.example/ferry")
    ((image, lead),) = stored(select(Post.card_image, Post.lead_image).where(Post.slug == "ferry"))
    assert image == lead
    assert image.startswith("/media/")
    assert "only posts have one: Us" in str(found["by_source"]["page/30"]["lost"])


def _check_comments(stored):
    rows = stored(
        select(Comment.body, Comment.status, Comment.depth, Comment.parent_id, Comment.id).order_by(
            Comment.id
        )
    )
    by_body = {body.partition("\n")[0]: (status.value, depth) for body, status, depth, _, _ in rows}
    assert len(rows) == 9
    assert by_body["Answer"] == ("approved", 1)
    assert by_body["Late"] == ("approved", 1)
    assert by_body["Nobody's answer"] == ("approved", 0)
    assert by_body["Waits"] == ("pending", 0)
    assert by_body["[Other blog](https://b.example/1)"] == ("approved", 0)
    assert {by_body["a"][1], by_body["b"][1]} == {0, 1}
    assert "First **words**" in next(body for body, *_ in rows if body.startswith("First"))
    assert stored(select(Post.comment_count).where(Post.slug == "ferry")) == [(8,)]


@pytest.mark.databases("sqlite")
def test_packed_and_split_files_are_one_site_and_a_newer_export_adds_to_it(move, tmp_path, stored):
    packed = tmp_path / "one.xml.gz"
    packed.write_bytes(gzip.compress(wxr(item(1), item(2, more=comment(1))).encode("utf-8-sig")))
    archive = tmp_path / "two.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../../evil.xml", wxr(item(3)))
        link = zipfile.ZipInfo("link.xml")
        link.external_attr = 0o120777 << 16
        file.writestr(link, "/etc/passwd")
    assert move(packed, str(archive))["counts"] == {"imported": 3}
    newer = wxr(
        item(1), item(2, more=comment(1) + comment(2, "New", parent="1")), item(3, content="Changed.")
    )
    assert move(newer)["counts"] == {"unchanged": 2, "updated": 1}
    assert {body for (body,) in stored(select(Comment.body))} == {"Well said.", "New"}
    assert stored(select(Post.body).where(Post.slug == "text-3")) == [("Changed.",)]


@pytest.mark.databases("sqlite")
def test_bad_files_end_in_a_sentence_and_what_can_be_read_goes_in(move, tmp_path):
    cut = wxr(item(1), item(2, content="Long " * 50))
    found = move(cut[: cut.index("Long Long") + 20].replace("Words", "Wo\x07rds\x0b").encode() + b"\xff")
    assert found["counts"] == {"imported": 1, "failed": 1}
    assert "in the middle of this item" in found["output"]
    assert "control characters" in found["output"]
    for text, words in (
        ("<html><body>no</body></html>", "is not an export of WordPress"),
        ("", "is not an export of WordPress"),
        ('<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + wxr(item(1)), "has a DOCTYPE"),
        (gzip.compress(wxr(item(1)).encode())[:-200], "is not an export of WordPress"),
        (io.BytesIO(b"PK\x05\x06" + b"\0" * 18).getvalue(), "no XML file"),
    ):
        output = move(text, exit_code=1)["output"]
        assert words in output
        assert "Traceback" not in output
    other = tmp_path / "other.xml"
    other.write_text(wxr(item(1)).replace("old.example", "other.example"))
    assert "Import each site alone" in move(wxr(item(1)), str(other), exit_code=1)["output"]


@pytest.mark.databases("sqlite")
def test_a_full_disk_ends_in_a_sentence(move, monkeypatch):
    export = wxr(*(item(number, content="Words. " * 500) for number in range(1, 30)))
    with monkeypatch.context() as patch:
        patch.setattr(spool, "_SCHEMA", f"PRAGMA max_page_count = 15; {spool._SCHEMA}")
        output = move(export, exit_code=1)["output"]
    assert "run the import again" in output
    assert "disk is full" in output
    assert "Traceback" not in output
    assert move(export)["counts"] == {"imported": 29}


@pytest.mark.databases("sqlite")
def test_a_dry_run_says_all_and_writes_nothing(move, stored):
    found = move(wxr(*SITE, head=AUTHORS), "--dry-run")
    assert found["counts"] == {"imported": 9, "skipped": 5}
    assert found["lost"]["meta title"] == 1  # of the page
    assert found["comments"] == 9
    for table in (Post, Page, Comment, Tag):
        assert stored(select(table.id)) == []
