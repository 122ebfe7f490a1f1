"""`masthead export static` on a small publication: what is in the folder, what a second run does, what it refuses."""

import http.server
import json
import re
import threading
from functools import partial
from html import unescape
from urllib.parse import unquote, urlsplit

import pytest
from sqlalchemy import text

from masthead import clock
from masthead.content.rendering import Picture
from masthead.db import db
from masthead.media import actions as media
from masthead.media.processing.pictures import prepare
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.redirects import actions as redirects
from masthead.redirects.models import Target
from tests.exporting.static_site.test_rewriting import INDIAN_WORDS
from tests.factories import CommentFactory, DraftFactory, PageFactory, PostFactory
from tests.media.pictures import photograph

URL = "https://copy.example/blog-site"


@pytest.fixture
def export(invoke, tmp_path):
    """Run the command; the folder and the result."""

    def run(*options, name="blog-site"):
        folder = tmp_path / name
        return folder, invoke("export", "static", str(folder), *(options or ("--url", URL + "/")))

    return run


@pytest.fixture
def gazette(app, cast):
    with app.app_context():
        kept = media.store(prepare(photograph()), name="wheat.jpg", alt="Wheat", by=None, at=clock.now())
        address = f"/media/{kept.path}"
        db.session.commit()
    story = PostFactory(
        title="Café & wheat",
        slug="wheat",
        body=f"See [the other](/blog/post/other) and ![wheat]({address}).",
        author=cast.walt,
        tags=["Farming"],
        lead=Picture(address, alt="Wheat"),
    )
    for number in range(25):
        PostFactory(
            slug="other" if not number else f"filler-{number}", body="Rope.", author=cast.walt, tags=["Rope"]
        )
    DraftFactory(slug="hidden", title="Hidden words", author=cast.walt)
    PostFactory(slug="binned", status=Status.TRASHED, author=cast.walt)
    PageFactory(title="About", slug="about", body="Us.", by=cast.ada)
    CommentFactory(post=story, author=cast.rhea, body="Well said.")
    with app.app_context():
        db.session.get_one(Post, story.id).slug = "wheat-now"
        for old in ("/2014/caf\u00e9/", "/?p=12", "/a/../../b", "/old.html", "/feed/old.xml"):
            redirects.keep(old, kind=Target.POST, target_id=story.id)
        redirects.keep_url("/elsewhere", url="https://other.example/?a=1&b=2")
        db.session.commit()
    return address


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def dead_links(folder):
    """The links of all pages of a copy that lead to no file, found in another way than the export's own."""
    for path in folder.rglob("*.html"):
        for written in re.findall(r'\s(?:href|src|action)="([^"]*)"', path.read_text()):
            parts = urlsplit(unescape(written))
            if (
                parts.netloc not in {"", "copy.example"}
                or parts.scheme not in {"", "https"}
                or not parts.path
            ):
                continue
            below = unquote(parts.path).removeprefix("/blog-site/")
            if (
                below == unquote(parts.path)
                or not (folder / below / ("index.html" if below[-1:] in {"", "/"} else "")).is_file()
            ):
                yield path.name, written


def test_the_copy_is_whole_and_the_next_run_changes_only_what_changed(export, gazette, app, cast):
    folder, result = export()
    assert result.returncode == 0, result.stderr
    files = files_of(folder)
    assert files.keys() >= {
        "index.html", "404.html", "about/index.html", "blog/index.html", "blog/page/2/index.html", "blog/post/wheat-now/index.html",
        "blog/tag/rope/page/2/index.html", "blog/author/walt/index.html", "blog/archive/index.html", "feed.xml", "rss.xml", "feed.json",
        "blog/tag/farming/feed.xml", "sitemap.xml", "robots.txt", "theme.css", "search/index.html", "search/shards.json", "_redirects",
        gazette.lstrip("/"),
    }  # fmt: skip
    assert list(dead_links(folder)) == []
    page = files["blog/post/wheat-now/index.html"].decode()
    assert f'href="{URL}/blog/post/wheat-now/"' in page
    assert "Well said." in page
    assert 'http-equiv="Content-Security-Policy" content="default-src &#x27;none&#x27;' in page
    everything = b"".join(
        content for name, content in files.items() if name.endswith((".html", ".json", "ml"))
    )
    for word in (b"/auth/", b"csrf", b"Hidden words", b"magazine.example"):
        assert word not in everything, word
    assert f"Sitemap: {URL}/sitemap.xml".encode() in files["robots.txt"]
    assert b"Disallow: /blog-site/admin/" in files["robots.txt"]

    target = f"{URL}/blog/post/wheat-now/"
    for old in ("blog/post/wheat/index.html", "2014/caf\u00e9/index.html", "old.html"):
        assert f'url={target}"' in files[old].decode()
    assert 'url=https://other.example/?a=1&amp;b=2"' in files["elsewhere/index.html"].decode()
    lines = files["_redirects"].decode().splitlines()
    assert f"/blog-site/2014/caf%C3%A9 {target} 301" in lines
    assert f"/blog-site/?p=12 {target} 301" in lines
    assert not (folder.parent / "b").exists()

    (folder / "CNAME").write_text("copy.example\n")
    assert " 0 written, " in export()[1].stdout
    assert files_of(folder) == files | {"CNAME": b"copy.example\n"}
    with app.app_context():
        db.session.get_one(
            Post, next(iter(db.session.query(Post.id).where(Post.slug == "filler-7")))[0]
        ).status = Status.DRAFT
        db.session.commit()
    _, result = export()
    assert result.returncode == 0, result.stderr
    assert not (folder / "blog/post/filler-7").exists()
    assert (folder / "CNAME").exists()
    assert list(dead_links(folder)) == []


@pytest.mark.databases("sqlite")
def test_a_dead_link_is_named_and_fails_the_command(export, cast):
    PostFactory(
        slug="story", body="[gone](/blog/post/nothing) [in](/auth/login) [desk](/dashboard)", author=cast.walt
    )
    folder, result = export()
    assert result.returncode == 1
    assert not (folder / "auth").exists()
    assert not (folder / "dashboard").exists()
    assert "/blog/post/story links to /blog/post/nothing, which is not there." in result.stderr
    assert "3 links of the copy are dead." in result.stderr


@pytest.mark.databases("sqlite")
def test_files_of_others_are_never_touched(export, cast, tmp_path):
    PageFactory(title="About", slug="about", body="Us.", by=cast.ada)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/thesis.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name, words in (
        ("full", "is not empty and holds no earlier export"),
        ("file", "is a file. Name a folder"),
    ):
        _, result = export(name=name)
        assert (result.returncode, words in result.stderr) == (1, True), result.stderr
    assert (tmp_path / "full/thesis.txt").read_text() == "mine"

    # A folder for a server of pages may hold the files that the server wants.
    owned = {".nojekyll": b"mine", ".gitignore": b"mine", "CNAME": b"copy.example"}
    folder = tmp_path / "blog-site"
    folder.mkdir()
    for name, content in owned.items():
        (folder / name).write_bytes(content)
    folder, result = export()
    assert result.returncode == 0, result.stderr
    assert files_of(folder).items() >= owned.items()
    # A manifest that somebody has changed removes nothing outside of the folder, and a killed run leaves a list of its files.
    manifest = json.loads((folder / ".masthead-static.json").read_text())
    manifest["files"] |= {"../full/thesis.txt": "", "/etc/none": "", "stale.html": ""}
    (folder / ".masthead-static.json").write_text(json.dumps(manifest))
    (folder / ".masthead-static.part").write_text('"half/done.html"\n"cut o')
    (folder / "half").mkdir()
    for name in ("stale.html", "half/done.html", "notes.txt"):
        (folder / name).write_text("x")
    (folder / "about/index.html").unlink()
    _, result = export()
    assert result.returncode == 0, result.stderr
    assert [(folder / name).exists() for name in ("stale.html", "half", "notes.txt", "about/index.html")] == [
        False,
        False,
        True,
        True,
    ]
    assert (tmp_path / "full/thesis.txt").exists()

    PageFactory(title="Notes", slug="notes", body="New.", by=cast.ada)
    (folder / "page/notes").mkdir(parents=True)
    (folder / "page/notes/index.html").write_text("mine")
    _, result = export()
    assert (result.returncode, "is not of an earlier export" in result.stderr) == (1, True)
    assert (folder / "page/notes/index.html").read_text() == "mine"


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "ftp://example.org",
        "https://",
        "https://example.org/?a=1",
        "https://a@b.example",
        "https://x.example/../y",
    ],
)
def test_what_is_no_url_of_a_site_is_refused(export, cast, url):
    folder, result = export("--url", url)
    assert (result.returncode, "is not the URL of a site" in result.stderr) == (1, True)
    assert not folder.exists()


@pytest.mark.databases("sqlite")
def test_a_failure_of_the_site_removes_nothing(export, cast, app):
    PageFactory(title="About", slug="about", body="Us.", by=cast.ada)
    folder, _ = export()
    before = files_of(folder)
    try:
        rename_table(app, "page", "page_away")
        _, result = export()
    finally:
        rename_table(app, "page_away", "page")
    assert (result.returncode, "cannot be rendered (status 503)" in result.stderr) == (1, True), result.stderr
    kept = files_of(folder)
    assert kept.pop(".masthead-static.part", b"") == b""
    assert kept == before


def rename_table(app, old, new):
    with app.app_context():
        db.session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))
        db.session.commit()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        return


@pytest.mark.databases("sqlite")
def test_the_search_needs_no_server(export, gazette, cast, tmp_path, chromium):
    PostFactory(title="Words", body=" ".join(INDIAN_WORDS), author=cast.walt)
    export()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = chromium.new_page()
        problems = []
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.goto(f"http://127.0.0.1:{server.server_port}/blog-site/search/")
        for typed, count in (
            ("cafe", "1 post"),
            ("rop", "25 posts"),
            ("ROPE café", "No posts"),
            ("hidden", "No posts"),
            *((word, "1 post") for word in INDIAN_WORDS),
        ):
            page.fill("input[name=q]", "")
            page.press("input[name=q]", "Enter")
            page.fill("input[name=q]", typed)
            page.press("input[name=q]", "Enter")
            page.wait_for_function(
                "text => document.querySelector('[data-search-status]').textContent === text", arg=count
            )
        page.goto(f"http://127.0.0.1:{server.server_port}/blog-site/search/?q=wheat")
        page.click(".results a")
        assert page.text_content("h1").strip() == "Café & wheat"
        assert page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
        page.close()
        server.shutdown()
    assert problems == []
