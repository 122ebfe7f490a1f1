"""A word that stands in everything private never stands in what an anonymous reader gets, first from us, then from memory."""

from datetime import timedelta

from masthead import clock
from masthead.comments.models import CommentStatus
from masthead.content.rendering import render_text
from masthead.db import db
from masthead.login import one_time_links, sessions
from masthead.login.one_time_links import Purpose
from masthead.people import queries as people
from masthead.posts import actions as posts
from masthead.posts import queries as stored_posts
from masthead.posts.details import Details
from masthead.posts.lifecycle import Status
from masthead.settings import actions as settings
from tests.factories import CommentFactory, DraftFactory, PageFactory, PostFactory, UserFactory
from tests.support.discussions import address
from tests.support.pages import settle

MARK = "xyzzyprivate"


def plant(app, cast):
    """Put the word into every field that readers must not see; the posts to look at."""
    seen = PostFactory(author=cast.walt, slug="seen", tags=["Nature"])
    gone = PostFactory(author=cast.walt, slug="gone", title=f"{MARK} gone", body=MARK, tags=["Nature"])
    hidden = [
        DraftFactory(
            author=cast.walt, title=f"{MARK} draft", body=MARK, slug=f"{MARK}-draft", tags=["Nature"]
        ),
        PostFactory(title=f"{MARK} soon", slug="soon", published_at=clock.now() + timedelta(days=1)),
        gone,
    ]
    PageFactory(slug="house", title=f"{MARK} page", body=MARK, is_public=False)
    parent = CommentFactory(post=seen, body=MARK, html=f"<p>{MARK}</p>", status=CommentStatus.SPAM)
    CommentFactory(post=seen, parent=parent, author=cast.rhea)
    for status in (CommentStatus.PENDING, CommentStatus.DELETED):
        CommentFactory(post=seen, body=MARK, html=f"<p>{MARK}</p>", status=status)
    UserFactory(username=f"{MARK}-user", email=f"{MARK}@example.org")
    with app.test_request_context(method="POST"), app.app_context():
        walt = people.get(cast.walt.id)
        walt.email, walt.email_key = f"{MARK}@example.com", f"{MARK}@example.com"
        walt.password_hash = MARK
        by = people.get(cast.edith.id)
        post = stored_posts.get(seen.id)
        version = render_text(title=f"{MARK} before", body=MARK, tags=("Nature",))
        now = render_text(title="Seen", body="All of this is public.", tags=("Nature",))
        posts.revise(post, version, by=by, at=clock.now(), details=Details(note=MARK))
        posts.revise(post, now, by=by, at=clock.now(), details=Details(note=MARK))
        posts.trash(stored_posts.get(gone.id), by=by, at=clock.now())
        settings.put("setup_token_hash", MARK)
        sessions.start(walt, is_remembered=True)
        one_time_links.create(Purpose.RESET, user=walt)
        db.session.commit()
    assert all(post.status in set(Status) for post in hidden)
    return seen, hidden


def test_what_is_private_is_in_no_anonymous_answer(app, cast, client, sign_in, new_client):
    edith = sign_in(cast.edith)
    seen, hidden = plant(app, cast)
    paths = [
        *(
            "/",
            "/blog/",
            "/blog/archive/",
            "/sitemap.xml",
            "/robots.txt",
            "/theme.css",
            "/page/house",
            "/nowhere",
        ),
        *(f"/{file}" for file in ("feed.xml", "rss.xml", "feed.json")),
        *(f"{address(seen)}{end}" for end in ("", "/feed.xml", "/rss.xml", "/feed.json", "?reply_to=1")),
        *(
            "/blog/tag/nature",
            "/blog/tag/nature/feed.xml",
            "/blog/author/walt",
            "/blog/author/walt/feed.json",
        ),
        *("/blog/author/edith", "/blog/author/rhea", "/blog/archive/2026/3", "/api/v1/posts", "/auth/login"),
        *(f"{address(post)}{end}" for post in hidden for end in ("", "/feed.xml")),
    ]
    settle([app])
    # Those who may see it look first: what they get must not be kept.
    assert MARK in edith.get(address(hidden[0])).text
    for path in paths:
        edith.get(path)
    for _ in range(2):
        for path in paths:
            body = client.get(path).get_data(as_text=True)
            # An address that holds the word itself is given back by nobody but who asked for it.
            assert MARK not in body.replace(path, ""), path
            assert "csrf" not in body or path == "/auth/login", path
