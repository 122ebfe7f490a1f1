"""A publication with a value in every column that an archive has."""

import os
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from masthead import clock
from masthead.comments.models import Comment, CommentStatus
from masthead.content.rendering import Picture
from masthead.db import db
from masthead.embeds.models import Embed
from masthead.media import actions as media
from masthead.media import external
from masthead.media.models import Media
from masthead.media.processing.pictures import prepare
from masthead.pages.models import Page, PageSlug
from masthead.people.models import AccountClosure, Role, User
from masthead.posts.lifecycle import Status
from masthead.posts.models import DailyViews, Post, PostSlug, ReviewNote, Revision, RevisionByline
from masthead.posts.previews.models import PreviewNote
from masthead.presets.models import PostTemplate, Snippet
from masthead.redirects import actions as redirects
from masthead.redirects.models import Target
from masthead.settings import actions as settings
from masthead.storage import store as storage
from masthead.tags.models import Tag
from tests.factories import BylineFactory, CommentFactory, DraftFactory, PageFactory, PostFactory
from tests.media.pictures import photograph, picture
from tests.support.databases import Database, empty_content
from tests.support.people import Cast

AT = datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC)
#: YAML and line readers take some of these for line breaks.
STRANGE = 'a: b # c\u2028d\u0085e\x7f\t"f" — \U0001f33e { } [x]\\'
BODY = "---\n\n## One\r\n\r\nText\n---\n\n```\n---\ntitle: no\n---\n```\nlast   "


def run(app: Flask, *arguments: object) -> str:
    """Run a command, and return what it printed."""
    result = app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def assert_equal(first: Path, second: Path) -> None:
    """Compare two archives, member by member, and then their bytes."""
    with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as other:
        assert one.namelist() == other.namelist()
        for name in one.namelist():
            if name != "manifest.json":
                assert one.read(name).splitlines() == other.read(name).splitlines(), name
    assert first.read_bytes() == second.read_bytes()


@pytest.fixture
def empty_site(database: Database, make_app: Any, tmp_path: Path) -> Iterator[Flask]:
    """An empty publication on the other kind of database."""
    kind = "postgresql" if database.kind == "sqlite" else "sqlite"
    content = empty_content(kind, tmp_path, f"masthead_archive_{os.getpid()}")
    app = make_app(DATABASE_URL=content.url, MEDIA_URL=str(tmp_path / "other-media"))
    run(app, "init-db")
    yield app
    content.close()


@pytest.fixture
def publication(app: Flask, cast: Cast) -> Post:
    """Rows of every kind."""
    wilma = BylineFactory(
        username="wilma.k", name="Wilma Weiß", bio="Farms.\n\n*Here*", website="https://w.example"
    )
    with app.app_context():
        shown = media.store(prepare(photograph()), by=None, at=clock.now(), name="IMG “1”.jpg", alt="Wheat")
        media.store(prepare(picture()), by=None, at=clock.now(), name="unused.png")
        db.session.commit()
        address = f"/media/{shown.path}"
    post = PostFactory(
        title=STRANGE,
        slug="a-b",
        summary=f"{STRANGE}\nmore",
        body=f"{BODY}\n\n![wheat]({address}) ![far](https://far.example/x.png)",
        author=cast.walt,
        bylines=[wilma, cast.walt],
        tags=["Wine & <Food>", "Europe/France"],
        lead=Picture(address, alt="A <i>field</i>", caption="Caption"),
    )
    PostFactory(title="Second", slug="a", author=cast.edith, published_at=AT + timedelta(days=900))
    DraftFactory(title="Idea", slug="idea", author=cast.walt, body="")
    PostFactory(title="Bin", slug="bin", status=Status.TRASHED, author=cast.walt)
    PageFactory(title="About us", slug="about", summary="A: b", body="## Us\n\nWe.", by=cast.ada)
    PageFactory(title="Hidden", slug="hidden", is_public=False, by=cast.ada)
    threads(post, cast)
    with app.app_context():
        fill_posts(post.id, cast, address)
        fill_people(cast, address)
        fill_rest(shown.id, post.id)
        db.session.commit()
    return post


def threads(post: Post, cast: Cast) -> None:
    """Comments in every state, nested."""
    first = CommentFactory(post=post, author=cast.rhea, body="First & <b>bold</b>", created_at=AT)
    answer = CommentFactory(
        post=post, author=cast.walt, body="Answer", parent=first, created_at=AT - timedelta(days=1)
    )
    CommentFactory(post=post, author=cast.rhea, body="Answer to that", parent=answer, created_at=AT)
    CommentFactory(post=post, author=cast.rhea, body="Buy", status=CommentStatus.SPAM, created_at=AT)
    CommentFactory(post=post, author=cast.rhea, body="Waits", status=CommentStatus.PENDING, created_at=AT)


def fill_posts(post_id: int, cast: Cast, address: str) -> None:
    """Values in every column of posts, their revisions and comments."""
    words = {"meta_title": "Meta", "meta_description": "M", "card_title": "Card", "card_description": "C"}
    shared = words | {
        "card_image": address, "canonical_url": "https://first.example/x?a=1&b=2", "language": "pt-BR", "translation_key": "text & 1",
        "comments_open": False,
    }  # fmt: skip
    dates = {"expires_at": AT, "expired_at": AT, "update_at": AT, "trashed_at": AT}
    more = {"views": 7, "version": 9, "expires_to": "/blog/", "html": Post.html.concat("")}
    db.session.execute(update(Post).where(Post.id == post_id).values(**shared, **dates, **more))
    with_anchor = db.session.scalar(select(Post.html).where(Post.id == post_id)).replace(
        'id="one">', 'id="one"><span id="old-one"></span>'
    )
    db.session.execute(update(Post).where(Post.id == post_id).values(html=with_anchor))
    db.session.add(PostSlug(slug="former", post_id=post_id))
    revision = shared | {
        "post_id": post_id, "number": 77, "title": STRANGE, "slug": "older", "summary": "", "body": BODY, "tags": ["x", "y"],
        "status": "draft", "author_id": cast.edith.id, "note": "n", "created_at": AT, "kind": "named", "name": "Before",
        "was_public": True, "post_version": 3, "is_whole": True, "lead_image": "//old.example/my photo (1).jpg", "lead_alt": "a", "lead_caption": "c",
        "published_at": AT,
    }  # fmt: skip
    db.session.execute(insert(Revision).values(**revision))
    credited = [
        {"post_id": post_id, "number": 77, "position": n, "user_id": one.id}
        for n, one in enumerate([cast.edith, cast.walt])
    ]
    db.session.execute(insert(RevisionByline), credited)
    decided = {"decided_by_id": cast.mona.id, "decided_at": AT, "edited_at": AT, "announced_at": AT}
    db.session.execute(
        update(Comment).where(Comment.parent_id.is_not(None)).values(**decided, reply_to_id=Comment.parent_id)
    )
    db.session.execute(
        insert(DailyViews), [{"post_id": post_id, "day": date(2026, 1, day), "views": day} for day in (1, 2)]
    )
    db.session.add(
        ReviewNote(post_id=post_id, author_id=cast.edith.id, body="Shorten.", created_at=AT, resolved_at=AT)
    )
    db.session.add(PreviewNote(post_id=post_id, name="Otto", body="Nice.", created_at=AT))


def fill_people(cast: Cast, address: str) -> None:
    """Values in every column of accounts and roles."""
    role = Role(
        name="critic", title="Critic", rank=35, permissions=["posts.write"], requires_second_factor=True
    )
    db.session.add(role)
    db.session.flush()
    values = {
        "avatar": address,
        "time_zone": "Europe/Berlin",
        "muted_emails": "comments",
        "role_id": role.id,
        "has_chosen_time_zone": True,
        "is_active": False,
    }
    db.session.execute(
        update(User).where(User.id == cast.colin.id).values(**values, bio="Old", website="https://c.example")
    )
    closure = {
        "asked_at": AT,
        "due_at": AT,
        "posts": "reassign",
        "comments": "keep",
        "heir_id": cast.walt.id,
        "is_revocable": False,
    }
    db.session.add(AccountClosure(user_id=cast.colin.id, **closure))


def fill_rest(media_id: int, post_id: int) -> None:
    """Values in every column of the library, of redirects, cards and settings."""
    storage.current().put("aa/unedited.jpg", photograph())
    library = {
        "decorative": True, "caption": "c", "credit": "cr", "licence": "l", "focal_x": 0.1, "focal_y": 1 / 3, "rotation": 90,
        "crop_left": 0.1, "crop_top": 0.2, "crop_width": 0.3, "crop_height": 0.7, "unedited_key": "aa/unedited.jpg",
        "is_replaced": True, "owner_id": select(User.id).where(User.username == "walt").scalar_subquery(), "version": 4,
        "trashed_at": AT,
    }  # fmt: skip
    db.session.execute(update(Media).where(Media.id == media_id).values(**library))
    external.remember_copy("https://far.example/x.png", path=db.session.get_one(Media, media_id).path, at=AT)
    shown = f"/media/{db.session.get_one(Media, media_id).path}"
    card = {
        "title": "T",
        "description": "D",
        "site_name": "S",
        "picture": shown,
        "tries": 1,
        "tried_at": AT,
    }
    db.session.add(
        Embed(address_hash=external.hash_of("https://card.example/"), address="https://card.example/", **card)
    )
    preset = {"body": f"{STRANGE} ![]({shown})", "version": 3, "created_at": AT, "updated_at": AT}
    db.session.execute(insert(Snippet).values(name="Box", key="box", **preset))
    db.session.execute(
        insert(PostTemplate).values(name="Recipe", key="recipe", title="R", tags=["a"], **preset)
    )
    redirects.keep("/2014/03/12/100% harvest?x#y/", kind=Target.POST, target_id=post_id)
    redirects.keep(
        "/people/walt",
        kind=Target.AUTHOR,
        target_id=db.session.scalar(select(User.id).where(User.username == "walt")),
    )
    redirects.keep_url("/elsewhere", url="https://example.org/there?x=1 2#y")
    page = db.session.scalars(select(Page).where(Page.slug == "about")).one()
    anchored = page.html.replace('id="us">', 'id="us"><span id="old-us"></span>')
    db.session.execute(
        update(Page)
        .where(Page.id == page.id)
        .values(html=anchored, trashed_at=AT, is_public=False, version=5)
    )
    db.session.add(PageSlug(slug="about-us", page_id=page.id))
    db.session.execute(update(Tag).where(Tag.name == "Europe/France").values(description="A country"))
    settings.change(
        title=STRANGE[:40],
        footer="Foot",
        navigation=[{"label": "Home", "path": "/"}],
        posts_per_page=7,
        logo=shown,
    )
