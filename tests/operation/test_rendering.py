import re

from sqlalchemy import select, update

from masthead.db import db
from masthead.jobs import enqueue
from masthead.jobs.runner import Runner
from masthead.operation import rendering
from masthead.pages.models import Page
from masthead.posts.models import Post
from masthead.search.models import SearchDocument
from tests.factories import PageFactory, PostFactory

SOURCE = "## Über uns\n\nWords.\n\n## Same\n\n## Same"
#: The same text as older versions rendered it.
OLD = '<h2 id="s-uber-uns">Über uns</h2>\n<p>Words.</p>\n<h2 id="s-same">Same</h2>\n<h2 id="s-same-2">Same</h2>\n'
NEW = (
    '<h2 id="über-uns"><span id="s-uber-uns"></span>Über uns</h2>\n<p>Words.</p>\n'
    '<h2 id="same"><span id="s-same"></span>Same</h2>\n<h2 id="same-1"><span id="s-same-2"></span>Same</h2>\n'
)


def age(app):
    """Store every text as an older version rendered it."""
    with app.app_context():
        for model in (Post, Page):
            db.session.execute(update(model).values(html=OLD, toc=[[2, "s-uber-uns", "Über uns"]]))
        db.session.execute(update(SearchDocument).values(body="nothing"))
        db.session.commit()


def facts(app):
    with app.app_context():
        return [
            db.session.execute(select(model.version, model.updated_at).order_by(model.id)).all()
            for model in (Post, Page)
        ]


def test_render_gives_old_texts_the_ids_of_today_and_keeps_theirs(app, client, invoke):
    PostFactory(slug="harvest", body=SOURCE)
    PageFactory(slug="about", body=SOURCE)
    age(app)
    before = facts(app)

    assert invoke("render").returncode == 0

    assert facts(app) == before
    for path in ("/blog/post/harvest", "/about"):
        assert NEW in client.get(path).text
    assert "Words" in client.get("/search?q=words").text
    assert '<a href="#über-uns"' in client.get("/blog/post/harvest").text


def test_jobs_render_everything_in_small_pieces(app, client, monkeypatch):
    monkeypatch.setattr(rendering, "RENDERED_AT_ONCE", 2)
    posts = PostFactory.create_batch(5, body=SOURCE)
    age(app)
    with app.app_context():
        enqueue(rendering.render_texts, "post", 0)
        db.session.commit()

    assert Runner(app).run_due() >= 3

    for post in posts:
        assert NEW in client.get(f"/blog/post/{post.slug}").text


def test_a_text_over_the_limits_of_today_stays_as_it_was(app, client, cast, sign_in, invoke):
    """An earlier version took it. Shown as its source, it would be lost to readers by an upgrade."""
    post, page = PostFactory(slug="harvest", body=SOURCE), PageFactory(slug="about", body=SOURCE)
    PostFactory(slug="other", body=SOURCE)
    age(app)
    with app.app_context():
        for model, stored in ((Post, post), (Page, page)):
            costly = "[" * 200_000
            db.session.execute(update(model).where(model.id == stored.id).values(body=costly))
        db.session.commit()
    before = facts(app)

    told = invoke("render")

    assert told.returncode == 0
    for kind, stored in (("post", post), ("page", page)):
        sentence = f"Kept as they are, since they are over the limits of today: {kind} {stored.id}."
        assert sentence in told.stdout
    assert facts(app) == before
    assert OLD in client.get("/blog/post/harvest").text
    assert OLD in client.get("/about").text
    assert NEW in client.get("/blog/post/other").text
    with app.app_context():
        enqueue(rendering.render_texts, "post", 0)
        db.session.commit()
    assert Runner(app).run_due() >= 1
    assert OLD in client.get("/blog/post/harvest").text
    ada = sign_in(cast.ada)
    assert f"limits of today: post {post.id}." in ada.read("/admin/jobs").text("//main")
    assert f"limits of today: post {post.id}." in " ".join(invoke("jobs", "list").stdout.split())


def test_text_that_is_saved_again_keeps_its_older_ids(app, client, cast, sign_in):
    post = PostFactory(slug="harvest", author=cast.walt, body=SOURCE)
    age(app)
    with app.app_context():
        rendering.render_texts("post", 0)
    sign_in(client, cast.walt)

    client.fill_in(f"/blog/edit/{post.id}", body=SOURCE + "\n\nMore.")

    html = client.get("/blog/post/harvest").text
    assert NEW in html
    assert "<p>More.</p>" in html


def test_no_id_stands_twice_on_the_page_of_a_hostile_text(client, cast, sign_in):
    post = PostFactory(slug="harvest", body="x")
    sign_in(client, cast.walt)
    ids = re.findall(r' id="([^"]+)"', client.get("/blog/post/harvest").text)
    assert {"main_content", "comments", "respond", "comment_body"} <= set(ids)
    headings = "\n".join(f"## {name}\n\n<p id='{name}'>x</p>\n" for name in [*ids, "Comments", "Respond"])
    PostFactory(slug="hostile", body=headings, title=post.title)

    page = client.get("/blog/post/hostile").text

    seen = re.findall(r' id="([^"]+)"', page)
    assert len(seen) == len(set(seen))
    own = re.findall(r'<(?!h2|p )[a-z0-9]+[^>]* id="([^"]+)"', page)
    assert {"main_content", "comment_body", "page_comments", "page_respond"} <= set(own)
    # Labels and descriptions name elements of the page, each of which is there.
    for name in re.findall(r' (?:for|aria-labelledby|aria-describedby)="([^"]+)"', page):
        assert all(part in seen for part in name.split())
