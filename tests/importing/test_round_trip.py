"""Export, import into an empty publication, export again: the bytes are the same."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from masthead import clock
from masthead.content.rendering import Picture, render_text
from masthead.db import db
from masthead.media import actions as media
from masthead.media.models import Media
from masthead.media.processing.pictures import prepare
from masthead.pages import actions as pages
from masthead.pages import queries as stored_pages
from masthead.people import queries as accounts
from masthead.posts import actions as posts
from masthead.posts import queries as stored_posts
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, PostSlug
from masthead.redirects import actions as redirects
from masthead.redirects.models import Target
from masthead.tags import actions as tags
from masthead.tags.models import Tag
from tests.factories import BylineFactory, DraftFactory, PageFactory, PostFactory
from tests.media.pictures import photograph, picture
from tests.support.other_site import run

TITLES = [
    "Harvest & <b>more</b> &amp; \"quotes\" 'single' \U0001f33e",
    "No",
    "2014-03-12",
    "# not a comment: [x] {{ y }} {% z %}",
    "*Not* emphasised, `nor` [linked](/x)",
    "מרחב \u200f RTL — naïve … ﬁn",
    "- &anchor !tag %percent @at |",
    "null",
    "1_000",
    "x" * 300,
]
BODY = (
    "{{% a %}} `{{%a%}` {{{< {{% two-braces %}}< {# c #} {% raw %}\n\n```jinja\n{{% if %}\n{{{{<%= x %>\n```\n\n"
    "Text {{< figure src='/x.png' >}} {% include x.html %} {{ site.baseurl }}\n\n<!--more-->\n\n"
    "[other](/2014/03/12/coming-soon/) [file](posts/no.md) <iframe src='https://video.example/1'></iframe>\n\n"
    "---\ntitle: not front matter\n---\n\n```\n---\n```\n\n    code   \nlast line with spaces   "
)


def content_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def stored_picture(data, **words):
    kept = media.store(prepare(data), by=None, at=clock.now(), **words)
    return f"/media/{kept.path}"


@pytest.fixture
def magazine(app, cast):
    """One of each object that an export has."""
    with app.app_context():
        first = stored_picture(photograph(), name="IMG “1”.jpg", alt="Wheat: a field")
        stored_picture(picture(), name="unused.png")
        db.session.commit()
    wilma = BylineFactory(
        username="wilma.k", name="Wilma Weiß", bio="Farms.\n\n  Writes *here*.\n", website="https://w.example"
    )
    BylineFactory(username="no_texts", name="")
    for number, title in enumerate(TITLES):
        PostFactory(
            title=title,
            slug=f"post-{number}",
            body=f"{BODY}\n\n![wheat]({first})",
            author=cast.walt,
            bylines=[wilma, cast.walt, cast.edith][: 1 + number % 3],
            summary=title,
            tags=["Europe/France", "Wine & <Food>", "C++"][: number % 4],
            lead=Picture(first, alt=f"<i>{title[:80]}</i>", caption='A "field" & *more*')
            if number % 2
            else None,
            canonical_url="https://first.example/x?a=1&b=2" if number == 1 else None,
            language="pt-BR" if number == 2 else None,
            translation_key=f"text & {number}" if number == 2 else None,
            comments_open=number != 3,
            updated_at=datetime(2026, 4, 1, 8, 30, 15, 999999, tzinfo=UTC),
        )
    texts_that_are_not_public(cast)
    with app.app_context():
        old_addresses(cast)
        db.session.commit()


def texts_that_are_not_public(cast):
    DraftFactory(title="Idea", slug="idea", author=cast.walt, body="\r\nWindows\r\nlines\r\n")
    PostFactory(title="Waits", slug="waits", status=Status.IN_REVIEW, published_at=None, author=cast.walt)
    ahead = clock.now().replace(microsecond=5) + timedelta(days=400)
    PostFactory(title="Ahead", slug="ahead", published_at=ahead, author=cast.walt)
    PostFactory(title="Bin", slug="bin", status=Status.TRASHED, author=cast.walt)
    PageFactory(title="About & us", slug="about", body="We.", by=cast.ada)
    PageFactory(title="Hidden", slug="hidden", summary="A: b", is_public=False, by=cast.ada)


def old_addresses(cast):
    at = clock.now()
    post, page = stored_posts.by_slug("post-0"), stored_pages.by_slug("hidden")
    owner = accounts.get(cast.ada.id)
    posts.revise(post, render_text(title="Renamed", body="x", slug="renamed"), by=owner, at=at)
    pages.revise(page, render_text(title="Hidden", body="x", slug="hidden-now"), by=owner, at=at)
    tags.ensure(["Nobody uses this"])
    db.session.execute(
        update(Tag).where(Tag.slug == "c").values(slug="c-plus-plus", description="A: language\nof *old*")
    )
    france = db.session.scalars(select(Tag).where(Tag.name == "Europe/France")).one()
    redirects.keep("/2014/03/12/100% harvest?x#y/", kind=Target.POST, target_id=post.id)
    redirects.keep("/ümläut/ß", kind=Target.PAGE, target_id=page.id)
    redirects.keep("/category/frankreich", kind=Target.TAG, target_id=france.id)
    redirects.keep("/people/walt", kind=Target.AUTHOR, target_id=cast.walt.id)
    redirects.keep_url("/elsewhere", url="https://example.org/there?x=1#y")


def test_export_import_export_gives_the_same_bytes(app, magazine, other_site, tmp_path):
    first, second, third = tmp_path / "first", tmp_path / "second", tmp_path / "third"
    run(app, "export", "markdown", first)
    output = run(
        other_site, "import", "markdown", first, "--processes", "1", "--report", tmp_path / "report.json"
    )
    run(other_site, "export", "markdown", second)
    before, after = content_of(first), content_of(second)
    assert sorted(after) == sorted(before)
    for path, content in before.items():
        assert after[path].decode(errors="replace") == content.decode(errors="replace"), path
    assert before == after
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["dialect"], report["changed"], report["lost"]) == ("Masthead", {}, {}), output
    # The report lists redirects to other sites, and nothing else.
    assert report["problems"] == [
        "The address /elsewhere leads to another site now: https://example.org/there?x=1#y"
    ]
    again = run(other_site, "import", "markdown", first, "--processes", "1")
    assert "0 changes" in again
    run(other_site, "export", "markdown", third)
    assert content_of(third) == before


def test_an_account_of_the_same_name_is_credited_and_its_empty_profile_filled(
    app, magazine, other_site, tmp_path
):
    password = "a long pass phrase\n" * 2
    run(other_site, "user", "create", "Walt", "walt@example.org", "--role", "author", typed=password)
    run(app, "export", "markdown", tmp_path / "out")
    run(other_site, "import", "markdown", tmp_path / "out", "--processes", "1")
    with other_site.app_context():
        walt = accounts.by_username("walt")
        assert (walt.is_byline, walt.email, walt.name) == (False, "walt@example.org", "Walt")
        assert accounts.by_username("walt-2") is None
        assert [user.username for user in stored_posts.by_slug("post-1").bylines] == ["wilma.k", "Walt"]


def test_former_addresses_belong_to_their_texts(app, magazine, other_site, new_client, tmp_path):
    run(app, "export", "markdown", tmp_path / "out")
    run(other_site, "import", "markdown", tmp_path / "out", "--processes", "1")
    reader = new_client(other_site)
    assert reader.get("/blog/post/post-0").location == "/blog/post/renamed"
    with other_site.app_context():
        assert db.session.get(PostSlug, "post-0") is not None
        assert db.session.scalar(select(func.count()).select_from(Media)) == 2
        statuses = dict(db.session.execute(select(Post.slug, Post.status)).all())
    assert (statuses["waits"], statuses["idea"], statuses["ahead"]) == ("in_review", "draft", "public")
    assert reader.get("/blog/post/ahead").status_code == 404


def test_what_is_not_as_we_write_it_is_named_and_the_rest_goes_in(app, magazine, other_site, tmp_path):
    folder = tmp_path / "out"
    run(app, "export", "markdown", folder)
    (folder / "data/redirects.yaml").write_text("- {from: /elsewhere, to: [\n")
    (folder / "data/tags.yaml").write_text("- 3\n- {name: Only a name}\n")
    (folder / "data/authors.yaml").write_text("w: {name: Short}\nwalt: 3\n")
    [drawing] = (folder / "static/media").rglob("*.png")
    drawing.unlink()
    [photo] = (folder / "static/media").rglob("*.jpg")
    photo.write_bytes(picture("JPEG", size=(20, 20)))
    (folder / "content/posts/waits.md").write_text("---\ndate: 2024-13-45\n---\n")
    (folder / "content/posts/bare.md").write_text("Only a text.")
    (folder / "content/stray.md").write_text("Elsewhere.")
    output = run(other_site, "import", "markdown", folder, "--processes", "1")
    assert "data/redirects.yaml, line 2 could not be read" in output
    assert "was left out: This file cannot be opened" in output
    assert "was changed; it is /media/" in output
    assert "content/posts/waits.md, line 2" in output
    assert "lies outside of content/posts and content/pages" in output
    with other_site.app_context():
        assert stored_posts.by_slug("bare").title == "Bare"
        assert accounts.by_username("author-w").name == "Short"
