"""Redirects of feeds, lists and pictures of the old site, and the starter texts of a new publication."""

import pytest

from masthead.db import db
from masthead.site.setup_views import issue_token
from tests.importing.conftest import written
from tests.media.pictures import picture

POST = "---\ntitle: {}\ndate: 2024-03-05\nsubjects: [Deep Sea]\ntags: [C++]\n---\n![x](/img/a.png)\n"
HUGO = 'baseURL = "https://old.example/"\n[taxonomies]\nsubject = "subjects"\ntag = "tags"\n[permalinks]\nessays = "/writing/:year/:month/:slug/"\n'
SITE = {
    "hugo.toml": HUGO,
    "content/essays/a.md": POST.format("Alpha"),
    "content/essays/b.md": POST.format("Beta"),
    "content/notes/c.md": POST.format("Gamma"),
    "static/img/a.png": picture(),
}
ANSWERS = {
    "title": "The River",
    "accent": "#1b5e7a",
    "username": "ada",
    "email": "ada@example.org",
    "password": "seven wet umbrellas",
    "password_confirm": "seven wet umbrellas",
}


def brought_in(invoke, tmp_path, files, *options):
    folder = written(tmp_path / "site", files)
    result = invoke("import", "markdown", str(folder), "--processes", "1", *options)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def followed(client, address):
    """The target of an old address, in one hop; it must exist."""
    response = client.get(address)
    if response.status_code == 200:
        return address
    assert response.status_code == 301, address
    assert client.get(response.location).status_code == 200, (address, response.location)
    return response.location


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # Feeds at the usual paths, of sections and of terms.
        ("/feed.atom", "/feed.xml"),
        ("/feeds/all.atom.xml", "/feed.xml"),
        ("/notes/index.xml", "/rss.xml"),
        ("/writing/index.xml", "/rss.xml"),
        ("/subjects/deep-sea/index.xml", "/blog/tag/deep-sea/rss.xml"),
        # Lists of sections, years, months and terms.
        ("/notes/", "/blog/"),
        ("/posts/", "/blog/"),
        ("/writing/2024/", "/blog/archive/"),
        ("/writing/2024/03/", "/blog/archive/2024/3"),
        ("/archives/", "/blog/archive/"),
        ("/subjects/deep-sea/", "/blog/tag/deep-sea"),
        ("/tags/c++/", "/blog/tag/c"),
    ],
)
def test_feeds_and_lists_of_the_old_site_lead_to_ours(client, cast, invoke, tmp_path, old, new):
    brought_in(invoke, tmp_path, SITE)
    assert followed(client, old) == new


def test_a_picture_is_found_at_its_old_address(client, cast, invoke, tmp_path):
    brought_in(invoke, tmp_path, SITE)
    assert followed(client, "/img/a.png").startswith("/media/")


def test_a_text_keeps_the_address_that_would_be_a_list(client, cast, invoke, tmp_path):
    files = SITE | {"content/archives.md": "---\ntitle: The archives\n---\nWords.\n"}
    brought_in(invoke, tmp_path, files)
    assert followed(client, "/archives/") == "/page/archives"


def test_lists_are_kept_once(client, cast, invoke, tmp_path):
    brought_in(invoke, tmp_path, SITE)
    assert "0 changes: everything is here already." in brought_in(invoke, tmp_path, SITE)


@pytest.fixture
def publication(app, client):
    """A publication after set-up."""
    with app.app_context():
        token = issue_token()
        db.session.commit()
    assert client.fill_in(f"/setup?token={token}", ANSWERS).status_code == 303


ABOUT = {"_config.yml": "", "about.md": "---\ntitle: About us\n---\nThe real one.\n"}


def test_the_first_about_page_gives_way(client, publication, invoke, tmp_path):
    brought_in(invoke, tmp_path, ABOUT)
    assert "The real one." in client.get("/about").text
    assert client.get("/page/about-2").status_code == 404
    assert "0 changes: everything is here already." in brought_in(invoke, tmp_path, ABOUT)


def test_an_about_page_that_somebody_has_edited_stays(client, publication, invoke, tmp_path):
    page = next(
        link
        for link in client.read("/admin/pages").links
        if link.startswith("/admin/pages/") and link[13:].split("/")[-1].isdigit()
    )
    client.fill_in(page, body="We are here.")
    brought_in(invoke, tmp_path, ABOUT)
    assert "We are here." in client.get("/about").text
    assert "The real one." in client.get("/page/about-2").text


def test_our_own_export_takes_the_place_of_the_first_texts(client, publication, invoke, tmp_path):
    exported = tmp_path / "export"
    assert invoke("export", "markdown", str(exported)).returncode == 0
    post = exported / "content/posts/welcome-to-the-river.md"
    post.write_text(post.read_text().replace("## The next steps", "## What came next"))
    result = invoke("import", "markdown", str(exported), "--processes", "1")
    assert result.returncode == 0, result.stdout
    assert "What came next" in client.get("/blog/post/welcome-to-the-river").text
    assert client.get("/blog/post/welcome-to-the-river-2").status_code == 404
