"""Import of pictures in a folder."""

import re

import pytest
from sqlalchemy import select

from masthead.db import db
from masthead.media.models import Media
from masthead.media.processing import isolation
from masthead.posts import queries as posts
from tests.media.pictures import PLACE, photograph, picture

POST = "---\ntitle: {}\ndate: 2024-01-02\n{}---\n{}\n"


@pytest.fixture
def kept(app):
    """The media library, by file name."""

    def read():
        with app.app_context():
            return {one.name: one for one in db.session.scalars(select(Media))}

    return read


def lost(item):
    return [(note["what"], note["why"]) for note in item["lost"]]


def test_pictures_beside_a_text_and_in_the_folders_of_the_site_are_stored(bring, client, kept):
    bring(
        {
            "hugo.yaml": "baseURL: https://old.example/blog/\n",
            "content/posts/walk/index.md": POST.format(
                "Walk",
                "",
                "![here](photo.jpg) ![sub](pics/a%20b.png) ![root](/images/root.png) "
                "![base](/blog/images/root.png) ![whole](https://old.example/blog/images/root.png)\n\n"
                '<img src="/images/html.gif" alt="h">\n\n[large](/images/large.webp)\n\n[![small](photo.jpg)](photo.jpg)',
            ),
            "content/posts/walk/photo.jpg": photograph(),
            "content/posts/walk/pics/a b.png": picture(),
            "static/images/root.png": picture(size=(30, 30)),
            "static/images/html.gif": picture("GIF", mode="P"),
            "static/images/large.webp": picture("WEBP"),
        }
    )
    stored = kept()
    assert set(stored) == {"photo.jpg", "a b.png", "root.png", "html.gif", "large.webp"}
    text = client.get("/blog/post/walk").text
    # A picture of a gallery is a link to itself as well.
    addresses = re.findall(r'(?:<img [^>]*?src|<a [^>]*?href)="(/media/[^"]+)"', text)
    names = ("photo.jpg", "a b.png", "root.png", "html.gif", "large.webp")
    assert list(dict.fromkeys(addresses)) == [f"/media/{stored[name].path}" for name in names]
    answers = {address: client.get(address) for address in addresses}
    assert {answer.status_code for answer in answers.values()} == {200}
    assert all(PLACE.encode() not in answer.data for answer in answers.values())


@pytest.mark.parametrize(
    "fields",
    [
        "image: cover.jpg\nimage_alt: A field\nimage_caption: In May\n",  # beside the text
        "cover:\n  image: cover.jpg\n  alt: A field\n  caption: In May\n",  # PaperMod's
        "image: /images/cover.jpg\nimage_alt: A field\nimage_caption: In May\n",  # from the site's folder
        "image: images/cover.jpg\nimage_alt: A field\nimage_caption: In May\n",  # without a slash
        "image: https://old.example/images/cover.jpg\nimage_alt: A field\nimage_caption: In May\n",  # whole
    ],
)
def test_a_lead_picture_stands_above_its_post(bring, app, kept, fields):
    bring(
        {
            "hugo.yaml": "baseURL: https://old.example/\npermalinks:\n  posts: /:year/:slug/\n",
            "content/posts/walk/index.md": POST.format("Walk", fields, "Text."),
            "content/posts/walk/cover.jpg": photograph(),
            "static/images/cover.jpg": photograph(),
        }
    )
    path = kept()["cover.jpg"].path
    with app.app_context():
        post = posts.by_slug("walk")
        assert (post.lead_image, post.lead_alt, post.lead_caption) == (f"/media/{path}", "A field", "In May")


def test_what_is_missing_or_refused_is_named_with_the_reason(bring, kept, tmp_path):
    outside = tmp_path / "outside.png"
    outside.write_bytes(picture())
    (tmp_path / "site").mkdir()
    (tmp_path / "site/link.png").symlink_to(outside)
    report = bring(
        {
            "_config.yml": "",
            "_posts/2024-01-02-a.md": POST.format(
                "A",
                "image: https://else.example/x.jpg\n",
                "![a](/gone.png) ![b](/logo.svg) ![c](/huge.png) ![d](/link.png) ![e](/fake.jpg) ![f](../../outside.png)",
            ),
            "_posts/2024-01-02-b.md": POST.format("B", "image: /gone.jpg\n", "x"),
            "about.md": "---\ntitle: About\nimage: /gone.jpg\n---\nWe.\n",
            "logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'",
            "huge.png": picture() + b"\0" * 20_000_001,
            "fake.jpg": "<html>",
        }
    )
    assert lost(report["by_source"]["_posts/2024-01-02-a.md"]) == [
        ("pictures", "/gone.png is not in the folder"),
        (
            "pictures",
            "logo.svg was refused: This SVG drawing cannot be read: it is damaged, or uses what has no place in a picture. Export it as PNG.",
        ),
        ("pictures", "huge.png was refused: This file is too large: 20.0 MB, where 20 are possible."),
        ("pictures", "/link.png is not in the folder"),
        (
            "pictures",
            "fake.jpg was refused: This is no picture in a format that is accepted. Save it as JPEG, PNG, WebP, GIF, AVIF, HEIC or SVG.",
        ),
        ("pictures", "../../outside.png is not in the folder"),
        ("lead picture", "https://else.example/x.jpg lies on another site, whose pictures are not shown"),
    ]
    assert lost(report["by_source"]["_posts/2024-01-02-b.md"]) == [
        ("lead picture", "/gone.jpg is not in the folder")
    ]
    assert lost(report["by_source"]["about.md"]) == [("lead picture", "/gone.jpg: only posts have one")]
    assert kept() == {}


SITE = {
    "_config.yml": "",
    "_posts/2024-01-02-a.md": POST.format("A", "", "![a](/a.png)"),
    "_posts/2024-01-03-b.md": POST.format("B", "", "![a](/a.png) ![late](/late.png)"),
    "a.png": picture(),
}


def test_the_upload_limit_of_the_site_counts(app, bring, kept, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_UPLOAD_MB", 1)
    report = bring(SITE | {"a.png": picture() + b"\0" * 1_000_001})
    assert "1.0 MB, where 1 are possible" in report["by_source"]["_posts/2024-01-02-a.md"]["lost"][0]["why"]
    assert kept() == {}


def test_a_second_import_changes_nothing_and_a_new_picture_updates_its_text(bring, client, kept):
    bring(SITE)
    assert bring({})["totals"]["unchanged"] == 2
    report = bring({"late.png": picture(size=(20, 20))})
    assert (report["totals"]["unchanged"], report["totals"]["updated"]) == (1, 1)
    assert client.get(f"/media/{kept()['late.png'].path}").status_code == 200


def test_a_dry_run_writes_no_picture(bring, kept, app, tmp_path):
    report = bring(SITE, "--dry-run")
    assert report["lost"] == {"pictures": 1}
    assert kept() == {}


def test_processes_of_the_workshop_write_the_files(bring, client, kept):
    files = {
        f"_posts/2024-01-02-p{number}.md": POST.format(f"P{number}", "", f"![p](/p{number % 3}.png)")
        for number in range(70)
    }
    drawings = {f"p{number}.png": picture(size=(20 + number, 20)) for number in range(3)}
    bring({"_config.yml": ""} | files | drawings, "--processes", "2")
    assert [client.get(f"/media/{one.path}").status_code for one in kept().values()] == [200] * 3


def test_a_picture_that_kills_its_process_is_named_and_the_import_goes_on(bring, kept, client, monkeypatch):
    monkeypatch.setattr(isolation, "LARGEST_FILE_BYTES", 10)
    report = bring(SITE)
    assert "takes more memory or time" in report["by_source"]["_posts/2024-01-02-a.md"]["lost"][0]["why"]
    assert (kept(), client.get("/blog/post/a").status_code) == ({}, 200)


def test_the_pixels_and_kinds_that_uploads_may_have_count(app, bring, kept, monkeypatch):
    monkeypatch.setitem(app.config, "MAX_PIXELS", 10_000)
    monkeypatch.setitem(app.config, "MEDIA_TYPES", ["image/png"])
    report = bring(
        {
            "_config.yml": "",
            "_posts/2024-01-02-a.md": POST.format("A", "", "![a](/a.png) ![b](/b.gif) ![c](/c.png)"),
            "a.png": picture(size=(101, 100)),
            "b.gif": picture("GIF", mode="P"),
            "c.png": picture(),
        }
    )
    pixels, kind = (note["why"] for note in report["by_source"]["_posts/2024-01-02-a.md"]["lost"])
    assert "million pixels" in pixels
    assert "Files of the type image/gif are not accepted here." in kind
    assert set(kept()) == {"c.png"}
