"""Export for another program, import that into an empty publication: the same texts, people and comments."""

import json
import re
import xml.etree.ElementTree as ET
import zipfile
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload, selectinload, undefer

from masthead import clock
from masthead.comments.models import Comment, CommentStatus
from masthead.content.rendering import Picture
from masthead.db import db
from masthead.media import actions as media
from masthead.media.processing.pictures import prepare
from masthead.pages.models import Page
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, PostByline, PostTag
from masthead.redirects import actions as redirects
from masthead.redirects.models import Target
from masthead.storage import store as storage
from masthead.tags.models import Tag
from tests.factories import BylineFactory, CommentFactory, DraftFactory, PageFactory, PostFactory
from tests.media.pictures import photograph
from tests.support.databases import SITE_URL
from tests.support.other_site import run

TITLE = "]]> A < B & <b>C</b> &amp; [gallery] “q” \U0001f33e"
BODY = (
    "One line\nthe next line of it, with *words* and `]]> [caption] <x>` and [gallery ids=1] text.\n\n"
    "```\n[embed]\n\n  indented\n```\n\n- a\n- b ]]>\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    "Link to [the other](/blog/post/second) and [a part](#top) and ![wheat]({0})."
)
WP = "{http://wordpress.org/export/1.2/}"
DAY = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)


@pytest.fixture
def gazette(app, cast):
    """A publication with one of everything, and with texts that look like the other program's markup."""
    with app.app_context():
        kept = media.store(prepare(photograph()), name="wheat.jpg", alt="Wheat", by=None, at=clock.now())
        address = f"/media/{kept.path}"
        db.session.commit()
    wilma = BylineFactory(username="wilma", name="Wilma Weiß & Co", bio="Farms.")
    first = PostFactory(
        title=TITLE,
        slug="first",
        body=BODY.replace("{0}", address),
        summary="A < B & C [x]",
        author=cast.walt,
        bylines=[wilma, cast.walt],
        tags=["Wine & Food", "C++"],
        lead=Picture(address, alt="Wheat", caption="A field & more"),
        published_at=DAY,
        updated_at=DAY + timedelta(days=2),
        meta_title="For engines",
        meta_description="50 % & more",
        card_title="For cards",
        card_description="A <card>",
        canonical_url="https://first.example/x?a=1&b=2",
    )
    PostFactory(slug="second", body="Two.", author=cast.walt, tags=["C++"], comments_open=False)
    DraftFactory(slug="draft", title="A draft", body="Not yet.", author=cast.walt)
    PostFactory(slug="later", body="Soon.", author=cast.walt, published_at=clock.now() + timedelta(days=9))
    PostFactory(slug="waits", body="Read me.", status=Status.IN_REVIEW, published_at=None, author=cast.walt)
    PostFactory(slug="binned", status=Status.TRASHED, author=cast.walt)
    PageFactory(title="Two & more", slug="second", body="A page.", by=cast.ada)
    top = CommentFactory(post=first, author=cast.rhea, body="Top ]]> [x]")
    spam = CommentFactory(post=first, author=cast.rhea, parent=top, body="buy", status=CommentStatus.SPAM)
    CommentFactory(post=first, author=cast.walt, parent=spam, body="No, thank you.")
    CommentFactory(post=first, author=cast.rhea, body="Waits.", status=CommentStatus.PENDING)
    with app.app_context():
        db.session.get_one(Post, first.id).slug = "first-now"
        redirects.keep("/2014/03/12/old-name/", kind=Target.POST, target_id=first.id)
        db.session.execute(update(Tag).where(Tag.name == "C++").values(description="A < language"))
        db.session.commit()
    return address


def words(html):
    return re.findall(r"\w+", unescape(re.sub(r"<[^>]*>", " ", html)))


def answered(comment, by_id):
    """The words of the nearest comment above that is not spam."""
    above = by_id.get(comment.parent_id)
    while above is not None and above.status is CommentStatus.SPAM:
        above = by_id.get(above.parent_id)
    return above and words(above.html)


def texts_of(app):
    """All that must survive, by slug."""
    with app.app_context():
        posts = db.session.scalars(
            select(Post)
            .where(Post.status != Status.TRASHED)
            .options(
                undefer(Post.html),
                joinedload(Post.author),
                selectinload(Post.byline_rows).joinedload(PostByline.user),
                selectinload(Post.tag_rows).joinedload(PostTag.tag),
            )
        ).all()
        found = {}
        for post in posts:
            moment = post.published_at.replace(microsecond=0) if post.status is Status.PUBLIC else None
            comments = db.session.scalars(
                select(Comment)
                .where(Comment.post_id == post.id)
                .options(joinedload(Comment.author))
                .order_by(Comment.created_at, Comment.id)
            ).all()
            by_id = {one.id: one for one in comments}
            found[post.slug] = {
                "title": post.title,
                "status": post.status,
                "date": moment,
                "summary": post.summary,
                "people": [one.display_name for one in post.bylines or [post.author]],
                "tags": [tag.name for tag in post.tags],
                "lead": (bool(post.lead_image), post.lead_alt, post.lead_caption),
                "canonical": post.canonical_url,
                "for engines": (
                    post.meta_title,
                    post.meta_description,
                    post.card_title,
                    post.card_description,
                ),
                "words": words(post.html),
                "comments": [
                    (one.author.display_name, one.status, words(one.html), answered(one, by_id))
                    for one in comments
                    if one.status is not CommentStatus.SPAM
                ],
            }
        pages = db.session.execute(select(Page.slug, Page.title, Page.is_public)).all()
        tags = db.session.execute(select(Tag.name, Tag.slug, Tag.description).order_by(Tag.slug)).all()
        return found, sorted(pages), tags


def differences(there, back):
    assert back.keys() == there.keys()
    return [
        (slug, name, value, back[slug][name])
        for slug, fields in there.items()
        for name, value in fields.items()
        if back[slug][name] != value
    ]


def test_a_site_moves_to_wordpress_and_back(app, gazette, other_site, tmp_path):
    file = tmp_path / "gazette.xml"
    output = run(app, "export", "wordpress", file)
    assert "5 posts, 1 pages, 3 comments, 1 files, 2 authors and 2 former slugs" in output
    items = {one.findtext(f"{WP}post_name"): one for one in ET.parse(file).iter("item")}
    first = items["first-now"]
    body = first.findtext("{http://purl.org/rss/1.0/modules/content/}encoded")
    # WordPress would run shortcodes, and make <br> of line breaks in a paragraph.
    assert "[" not in body
    assert "One line the next line" in body
    assert "&#91;embed]\n\n  indented" in body
    assert f'src="{SITE_URL}{gazette}"' in body
    meta = {
        one.findtext(f"{WP}meta_key"): one.findtext(f"{WP}meta_value") for one in first.iter(f"{WP}postmeta")
    }
    attached = next(one for one in items.values() if one.findtext(f"{WP}attachment_url"))
    assert attached.findtext(f"{WP}attachment_url") == f"{SITE_URL}{gazette}"
    assert meta["_thumbnail_id"] == attached.findtext(f"{WP}post_id")
    assert meta["_yoast_wpseo_title"] == "For engines"
    numbers = [one.findtext(f"{WP}post_id") for one in items.values()]
    assert len(set(numbers)) == len(numbers)
    statuses = {slug: one.findtext(f"{WP}status") for slug, one in items.items()}
    assert (statuses["draft"], statuses["later"], statuses["waits"]) == ("draft", "future", "pending")

    with app.app_context():
        folder = storage.current().folder.parent
    run(other_site, "import", "wordpress", file, "--media", folder, "--no-fetch", "--processes", "1")
    there, back = texts_of(app), texts_of(other_site)
    assert differences(there[0], back[0]) == []
    assert back[1:] == there[1:]
    answer = other_site.test_client().get("/blog/post/first")
    assert answer.location == "/blog/post/first-now"


def test_a_site_moves_to_ghost_and_back(app, gazette, other_site, tmp_path):
    file = tmp_path / "gazette.zip"
    assert "5 posts, 1 pages, 3 comments, 2 authors and 1 files" in run(app, "export", "ghost", file)
    with zipfile.ZipFile(file) as archive:
        data = json.loads(archive.read("ghost-export.json"))["db"][0]["data"]
        assert f"content/images{gazette.removeprefix('/media')}" in archive.namelist()
    slugs = [row["slug"] for row in data["posts"]]
    assert len(set(slugs)) == len(slugs), "Ghost leaves out the second text of a slug"
    post = next(row for row in data["posts"] if row["slug"] == "first-now")
    assert f'src="__GHOST_URL__/content/images{gazette.removeprefix("/media")}"' in post["html"]
    assert 'href="#top"' in post["html"]
    assert json.loads(post["mobiledoc"])["cards"] == [["html", {"html": post["html"]}]]
    assert {row["email"] for row in data["users"]} == {"wilma@example.com", "walt@example.org"}

    run(other_site, "import", "ghost", file, "--processes", "1")
    there, back = texts_of(app), texts_of(other_site)
    # Ghost has no state between draft and published, and no comments that wait.
    there[0]["waits"]["status"] = Status.DRAFT
    there[0]["first-now"]["comments"].pop()
    assert differences(there[0], back[0]) == []
    assert back[2] == there[2]
    client = other_site.test_client()
    for old in ("/blog/post/first", "/2014/03/12/old-name"):
        assert client.get(old).location == "/blog/post/first-now"


@pytest.mark.databases("sqlite")
def test_values_are_cut_to_the_columns_of_ghost(app, cast, tmp_path):
    PostFactory(title="x" * 300, summary="word " * 150, body="*Hello*", author=cast.walt)
    output = run(app, "export", "ghost", tmp_path / "g.json", "--markdown")
    assert (tmp_path / "g.json").stat().st_mode & 0o777 == 0o600
    assert "2 values are longer" in output
    data = json.loads((tmp_path / "g.json").read_text())["db"][0]["data"]
    assert len(data["posts"][0]["title"]) <= 255
    assert len(data["posts"][0]["custom_excerpt"]) <= 300
    assert json.loads(data["posts"][0]["mobiledoc"])["cards"] == [["markdown", {"markdown": "*Hello*"}]]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("program", ["wordpress", "ghost"])
def test_a_target_that_cannot_be_written_gets_a_sentence(invoke, cast, tmp_path, program):
    (tmp_path / "folder").mkdir()
    result = invoke("export", program, str(tmp_path / "folder"))
    assert (result.returncode, result.stderr.count("is a folder. Name a file.")) == (1, 1)
    assert "no file that can be replaced" in invoke("export", program, "/dev/null").stderr
    result = invoke("export", program, str(tmp_path / "missing" / "x.zip"))
    assert result.returncode == 1
    assert "cannot be written: No such file or directory." in result.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []
