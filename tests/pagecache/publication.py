"""The people and the readers of a publication, as hypothesis lets them act: see `tests.pagecache.test_freshness`."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from masthead import clock
from masthead.comments import actions as comments
from masthead.comments import queries as stored_comments
from masthead.comments import rendering
from masthead.comments.lifecycle import CommentTransition
from masthead.comments.models import Comment
from masthead.content.rendering import render_text
from masthead.db import db
from masthead.errors import DomainError
from masthead.pages import actions as pages
from masthead.pages import queries as stored_pages
from masthead.pages.models import Page
from masthead.people import actions as accounts
from masthead.people import queries as people
from masthead.people.models import User
from masthead.posts import actions as posts
from masthead.posts import queries as stored_posts
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post
from masthead.redirects import actions as redirects
from masthead.redirects.models import Target
from masthead.settings import actions as publication
from masthead.user_admin import actions
from tests.support.databases import Database, pages_of
from tests.support.pages import settle
from tests.support.people import PASSWORD, Cast
from tests.support.visitors import Visitor

APPLICATIONS = 2
SLUGS = ("harvest", "winter", "spring-song", "notes")
TAGS = ("Nature", "City", "Food")
PEOPLE = ("walt", "edith", "rhea")
#: An author, a reader, and a moderator, each with pages of their own.
ACCOUNTS = ("walt", "rhea", "mona")
PATHS = (
    "/",
    "/?utm_source=letter",
    "/blog/",
    "/blog/?page=2",
    "/blog/archive/",
    "/feed.xml",
    "/rss.xml",
    "/feed.json",
    "/sitemap.xml",
    "/robots.txt",
    "/theme.css",
    "/about",
    "/page/house",
    "/page/home",
    "/old/one",
    "/old/two",
    "/nowhere",
    *(f"/blog/tag/{tag.lower()}" for tag in TAGS),
    *(f"/blog/tag/{tag.lower()}/feed.xml" for tag in TAGS),
    *(f"/blog/author/{name}" for name in PEOPLE),
    *(f"/blog/author/{name}/feed.json" for name in PEOPLE),
    *(f"/blog/post/{slug}" for slug in SLUGS),
    *(f"/blog/post/{slug}/feed.xml" for slug in SLUGS),
)
WORDS = st.sampled_from(["One", "Two", "Three", "Four", "Five", "Six"])
INDEX = st.integers(0, APPLICATIONS - 1)


class Publication(RuleBasedStateMachine):
    """People who write through any application, and readers who read through any."""

    database: Database
    apps: list[Flask]
    cast: Cast
    focus: tuple[str, ...] = ()
    turn = 0
    signed_in: dict[str, Visitor]

    def __init__(self) -> None:
        super().__init__()
        self.offset = timedelta()
        self._now = clock.now
        clock.now = self._later

    def _later(self) -> datetime:
        return self._now() + self.offset

    def teardown(self) -> None:
        clock.now = self._now

    @initialize(focus=st.lists(st.sampled_from(PATHS), min_size=4, max_size=6, unique=True))
    def begin(self, focus: list[str]) -> None:
        self.focus, self.turn = tuple(focus), 0
        self.database.reset()
        for app in self.apps:
            pages_of(app).clear()
        with self.apps[0].app_context():
            for user in vars(self.cast).values():
                db.session.merge(user)
            db.session.flush()
            by, at = self.by(), clock.now()
            for slug, tags in (("harvest", ("Nature", "Food")), ("winter", ("Nature",))):
                rendered = render_text(title=slug, body="First.", slug=slug, tags=tags)
                posts.publish(posts.create(rendered, by=by, at=at), by=by, at=at)
            db.session.commit()
        settle(self.apps)
        self.signed_in = {name: Visitor(self.apps[0], self.apps[0].response_class) for name in ACCOUNTS}
        for name, visitor in self.signed_in.items():
            email = getattr(self.cast, name).email
            assert visitor.fill_in(
                "/auth/login", email=email, password=PASSWORD, remember=True
            ).status_code in {302, 303}

    @contextmanager
    def writing(self, index: int, *, keeps: bool = True) -> Iterator[None]:
        """A transaction of an application; what may not be done is undone."""
        with self.apps[index].app_context():
            try:
                yield
                if keeps:
                    db.session.commit()
                else:
                    db.session.flush()
                    db.session.rollback()
            except DomainError:
                db.session.rollback()
        settle(self.apps)

    def by(self) -> User:
        return people.get(self.cast.edith.id)

    def _post(self, position: int) -> Post | None:
        ids = db.session.scalars(db.select(Post.id).order_by(Post.id)).all()
        return stored_posts.get(ids[position % len(ids)]) if ids else None

    def _with_post(
        self, index: int, position: int, act: Callable[[Post], object], *, keeps: bool = True
    ) -> None:
        with self.writing(index, keeps=keeps):
            post = self._post(position)
            if post is not None:
                act(post)

    @rule(index=INDEX, path=st.sampled_from(PATHS), times=st.integers(1, 2))
    def read(self, index: int, path: str, times: int) -> None:
        client = FlaskClient(self.apps[index], self.apps[index].response_class)
        for _ in range(times):
            assert client.get(path).status_code in {200, 301, 404}

    @rule(index=INDEX, name=st.sampled_from(ACCOUNTS), path=st.sampled_from(PATHS))
    def read_signed_in(self, index: int, name: str, path: str) -> None:
        """Their pages are made for each reading, of parts that are remembered; each is made afresh and compared, too."""
        visitor = self.signed_in[name]
        visitor.application = self.apps[index]
        answer = visitor.get(path)
        assert answer.status_code in {200, 301, 404}
        if answer.status_code == 200 and answer.mimetype == "text/html":
            assert "Sign out" in answer.text

    @invariant()
    def some_pages_are_read_after_each_step(self) -> None:
        self.turn += 1
        for path in self.focus:
            self.read(self.turn % APPLICATIONS, path, 1)
            if path.startswith("/blog/post/"):
                name = ACCOUNTS[self.turn % len(ACCOUNTS)]
                self.read_signed_in((self.turn + 1) % APPLICATIONS, name, path)

    @rule(
        index=INDEX,
        title=WORDS,
        slug=st.sampled_from(SLUGS),
        tags=st.lists(st.sampled_from(TAGS), unique=True),
        step=st.sampled_from(["draft", "publish", "publish", "schedule", "submit"]),
        minutes=st.integers(1, 90),
        keeps=st.integers(0, 5),
    )
    def write_post(
        self, index: int, title: str, slug: str, tags: list[str], step: str, minutes: int, keeps: int
    ) -> None:
        rendered = render_text(title=title, body=f"{title} text.", slug=slug, tags=tuple(tags))
        with self.writing(index, keeps=keeps > 0):
            by, at = self.by(), clock.now()
            post = posts.create(rendered, by=by, at=at)
            if step == "publish":
                posts.publish(post, by=by, at=at)
            elif step == "schedule":
                posts.schedule(post, by=by, at=at, when=at + timedelta(minutes=minutes))
            elif step == "submit":
                posts.submit(post, by=by, at=at)

    @rule(
        index=INDEX,
        position=st.integers(0, 9),
        title=WORDS,
        slug=st.none() | st.sampled_from(SLUGS),
        tags=st.lists(st.sampled_from(TAGS), unique=True),
        keeps=st.integers(0, 5),
    )
    def edit(
        self, index: int, position: int, title: str, slug: str | None, tags: list[str], keeps: int
    ) -> None:
        rendered = render_text(title=title, body=f"Newer {title}.", slug=slug, tags=tuple(tags))
        self._with_post(
            index,
            position,
            lambda post: posts.revise(post, rendered, by=self.by(), at=clock.now()),
            keeps=keeps > 0,
        )

    @rule(
        index=INDEX,
        position=st.integers(0, 9),
        step=st.sampled_from([posts.publish, posts.unpublish, posts.trash, posts.restore, posts.submit]),
    )
    def move(self, index: int, position: int, step: Callable[..., None]) -> None:
        self._with_post(index, position, lambda post: step(post, by=self.by(), at=clock.now()))

    @rule(index=INDEX, position=st.integers(0, 9), minutes=st.integers(1, 90))
    def schedule(self, index: int, position: int, minutes: int) -> None:
        when = clock.now() + timedelta(minutes=minutes)
        self._with_post(
            index, position, lambda post: posts.schedule(post, by=self.by(), at=clock.now(), when=when)
        )

    @rule(
        index=INDEX,
        position=st.integers(0, 9),
        names=st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True),
    )
    def credit(self, index: int, position: int, names: list[str]) -> None:
        self._with_post(
            index,
            position,
            lambda post: posts.credit(post, [people.by_username_or_email(name) for name in names]),
        )

    @rule(
        index=INDEX,
        position=st.integers(0, 9),
        name=st.sampled_from(PEOPLE),
        text=WORDS,
        answer=st.booleans(),
    )
    def comment(self, index: int, position: int, name: str, text: str, answer: bool) -> None:
        remark = rendering.render_comment(text)

        def write(post: Post) -> None:
            parent = db.session.scalars(db.select(Comment.id).where(Comment.post_id == post.id)).first()
            by = people.by_username_or_email(name)
            comments.write(post, remark, by=by, at=clock.now(), parent_id=parent if answer else None)

        self._with_post(index, position, write)

    @rule(index=INDEX, position=st.integers(0, 9), step=st.sampled_from(list(CommentTransition)))
    def decide(self, index: int, position: int, step: CommentTransition) -> None:
        with self.writing(index):
            by = people.by_username_or_email("mona")
            found = db.session.scalars(stored_comments.for_moderation(by)).unique().all()
            if found:
                comments.take(step, [found[position % len(found)]], by=by, at=clock.now())

    @rule(index=INDEX, position=st.integers(0, 9), text=WORDS)
    def revise_comment(self, index: int, position: int, text: str) -> None:
        remark = rendering.render_comment(f"No: {text}")
        with self.writing(index):
            found = (
                db.session.scalars(stored_comments.for_moderation(people.by_username_or_email("mona")))
                .unique()
                .all()
            )
            if found:
                by = people.get(found[position % len(found)].author_id)
                one = stored_comments.get(found[position % len(found)].id, reader=by)
                comments.revise(one, remark, by=by, at=clock.now())

    @rule(index=INDEX, slug=st.sampled_from(["about", "house", "home"]), title=WORDS, is_public=st.booleans())
    def page(self, index: int, slug: str, title: str, is_public: bool) -> None:
        rendered = render_text(title=title, slug=slug, body=f"{title}.")
        with self.writing(index):
            by, at = self.by(), clock.now()
            ids = db.session.scalars(db.select(Page.id).order_by(Page.id)).all()
            if len(ids) < 2:
                page = pages.create(rendered, by=by, at=at)
            else:
                page = stored_pages.get(ids[len(title) % 2])
                pages.revise(page, rendered, by=by, at=at)
            (pages.publish if is_public else pages.unpublish)(page, by=by, at=at)

    @rule(
        index=INDEX,
        change=st.sampled_from(
            [
                {"title": "The Weekly"},
                {"title": "The Daily"},
                {"posts_per_page": 1},
                {"posts_per_page": 20},
                {"accent": "#336699"},
                {"accent": "#b3261e"},
                {"navigation": [{"label": "All", "path": "/blog/"}]},
                {"navigation": []},
                {"comment_policy": "all"},
                {"comment_policy": "everybody"},
                {"time_zone": "Asia/Kathmandu"},
                {"time_zone": "America/New_York"},
                {"ai_crawlers": "disallow"},
            ]
        ),
    )
    def settings(self, index: int, change: dict[str, object]) -> None:
        with self.writing(index):
            publication.change(**change)

    @rule(index=INDEX, name=st.sampled_from(PEOPLE), called=WORDS)
    def profile(self, index: int, name: str, called: str) -> None:
        with self.writing(index):
            user = people.by_username_or_email(name)
            accounts.update_profile(user, name=called, bio=f"Is {called}.", website="", by=user)

    @rule(index=INDEX, role=st.sampled_from(["reader", "author"]))
    def role(self, index: int, role: str) -> None:
        with self.writing(index):
            actions.set_role(people.by_username_or_email("rhea"), people.role(role), by=None)

    @rule(index=INDEX, position=st.integers(0, 9), path=st.sampled_from(["/old/one", "/old/two", "/nowhere"]))
    def redirect(self, index: int, position: int, path: str) -> None:
        self._with_post(
            index, position, lambda post: redirects.keep(path, kind=Target.POST, target_id=post.id)
        )

    @rule(index=INDEX, position=st.integers(0, 9))
    def write_without_a_word_to_the_cache(self, index: int, position: int) -> None:
        def overwrite(post: Post) -> None:
            post.title = f"{post.title}!"[-40:]

        self._with_post(index, position, overwrite)

    @rule(index=INDEX, other=INDEX, position=st.integers(0, 9), path=st.sampled_from(PATHS))
    def read_during_a_write(self, index: int, other: int, position: int, path: str) -> None:
        def write_and_look(post: Post) -> None:
            if post.status is Status.PUBLIC:
                posts.unpublish(post, by=self.by(), at=clock.now())
            db.session.flush()
            # In a thread of its own: within this application context the reader would share the writer's session.
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(self.read, other, path, 1).result()

        self._with_post(index, position, write_and_look)

    @rule(minutes=st.integers(1, 40))
    def let_time_pass(self, minutes: int) -> None:
        self.offset += timedelta(minutes=minutes)

    @precondition(lambda self: self.offset)
    @rule()
    def set_the_clock_back(self) -> None:
        self.offset = timedelta()
