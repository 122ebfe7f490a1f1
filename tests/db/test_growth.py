"""What a page costs does not grow with the publication: SQLite counts its steps, with few posts and with ten times as many."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, insert, select

from masthead.db import db
from masthead.posts.lifecycle import Status
from masthead.posts.models import Post, PostByline, PostTag
from masthead.tags.models import Tag
from tests.factories import PostFactory
from tests.factories.storing import storing

pytestmark = pytest.mark.databases("sqlite")

FEW, MANY = 400, 4_000
#: For each post that is only counted, in an index.
STEPS_OF_A_COUNT = 4
#: A page of twenty posts takes some thousands of steps; a look at each of many would take tens of thousands.
STEPS_FOR_NOTHING = 3_000
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
CURSOR_PAGE = "/api/v1/posts?cursor=WyIyMDAxLTAxLTA1VDAwOjAwOjAwKzAwOjAwIiwgMV0"
COOKIE = {"Cookie": "session=somebody"}


@pytest.fixture
def grow(app, cast):
    """Let there be so many posts more, newer than all before, with a tag and a byline each."""
    story = PostFactory(
        slug="harvest", author=cast.walt, tags=["Nature"], published_at=LONG_AGO + timedelta(days=2)
    )
    PostFactory.create_batch(3, author=cast.edith, tags=["Rare"], published_at=LONG_AGO)

    def make(count):
        with storing():
            nature = db.session.scalars(select(Tag.id).where(Tag.slug == "nature")).one()
            text = {"body": "Text.", "html": "<p>Text.</p>", "toc": [], "status": Status.PUBLIC}
            first = 1_000_000 + db.session.query(Post).count()
            ids = range(first, first + count)
            moments = {i: LONG_AGO + timedelta(days=40, minutes=i - 1_000_000) for i in ids}
            db.session.execute(
                insert(Post),
                [
                    {
                        "id": i,
                        "title": f"Story {i}",
                        "slug": f"story-{i}",
                        "author_id": cast.walt.id,
                        "published_at": moments[i],
                        "created_at": moments[i],
                        "updated_at": moments[i],
                        **text,
                    }
                    for i in ids
                ],
            )
            db.session.execute(
                insert(PostByline), [{"post_id": i, "user_id": cast.walt.id, "position": 0} for i in ids]
            )
            db.session.execute(
                insert(PostTag), [{"post_id": i, "tag_id": nature, "position": 0} for i in ids]
            )
            db.session.commit()
        return story

    return make


@pytest.fixture
def steps_of(app, client):
    """How many steps SQLite's machine takes for what a page asks."""

    def measure(path, reader=client):
        with app.app_context():
            engine = db.engine
        steps = 0

        def step():
            nonlocal steps
            steps += 1
            return 0

        def watch(connection, _record, _proxy):
            connection.set_progress_handler(step, 1)

        def leave(connection, _record):
            connection.set_progress_handler(None, 0)

        event.listen(engine, "checkout", watch)
        event.listen(engine, "checkin", leave)
        try:
            assert reader.get(path, headers=COOKIE if reader is client else {}).status_code == 200
        finally:
            event.remove(engine, "checkout", watch)
            event.remove(engine, "checkin", leave)
        assert steps
        return steps

    return measure


@pytest.mark.parametrize(
    ("path", "counted"),
    [
        ("/", 0),
        ("/feed.xml", 0),
        ("/blog/post/harvest", 0),
        (CURSOR_PAGE, 0),
        (CURSOR_PAGE + "&published_before=2001-01-04T00:00:00Z", 0),
        ("/api/v1/posts?published_before=2001-01-04T00:00:00Z", 0),
        ("/blog/archive/2001/1", 0),
        ("/search?q=before:2001-01-10", 0),
        # All posts, once for each change.
        ("/blog/", 1),
        ("/api/v1/posts", 1),
        ("/blog/archive/", 1),
        ("/api/v1/posts?sort=title", 1),
        ("/api/v1/posts?sort=-views", 1),
        ("/api/v1/posts?sort=-updated_at", 1),
        ("/sitemap-tags-1.xml", 0),
        ("/sitemap-authors-1.xml", 0),
        # All of the tag or of the author, and all posts.
        ("/blog/tag/nature", 2),
        ("/blog/tag/nature/feed.xml", 2),
        ("/blog/author/walt", 2),
        ("/blog/author/walt/feed.xml", 2),
        ("/api/v1/posts?tag=nature", 2),
        ("/api/v1/posts?author=walt", 2),
        ("/api/v1/posts?tag=nature&sort=published_at", 2),
    ],
)
def test_ten_times_as_many_posts_take_no_more_steps_than_to_count_them(grow, steps_of, path, counted):
    grow(FEW)
    steps_of(path)
    few = steps_of(path)
    grow(MANY - FEW)
    steps_of(path)
    many = steps_of(path)
    assert many < few + STEPS_FOR_NOTHING + counted * STEPS_OF_A_COUNT * (MANY - FEW), (few, many)


@pytest.mark.parametrize(
    ("path", "counted"),
    [
        ("/dashboard", 0),
        ("/blog/my-posts", 1),
        ("/admin/", 1),
        ("/admin/posts", 1),
        # In the index of titles.
        ("/admin/posts?q=ferry", 12),
        ("/admin/comments?status=approved", 0),
        ("/admin/statistics", 0),
    ],
)
def test_the_desks_take_no_more_steps_either(grow, steps_of, sign_in, cast, path, counted):
    ada = sign_in(cast.ada)
    grow(FEW)
    steps_of(path, ada)
    few = steps_of(path, ada)
    grow(MANY - FEW)
    steps_of(path, ada)
    many = steps_of(path, ada)
    assert many < few + STEPS_FOR_NOTHING + counted * STEPS_OF_A_COUNT * (MANY - FEW), (few, many)


def test_the_lists_of_somebody_who_wrote_everything_take_no_more_steps_than_to_look_into_an_index(
    grow, steps_of, sign_in, cast
):
    walt = sign_in(cast.walt)
    # Steps for each post: it is counted; or sorted, compared or looked up, always in an index.
    counted = {
        "/dashboard": 30,
        "/blog/my-posts": 12,
        "/blog/my-posts?sort=title": 12,
        "/blog/my-posts?sort=views": 12,
        "/blog/my-posts?sort=newest&status=published": 50,
        "/blog/my-posts?q=ferry": 20,
        "/blog/my-posts?tag=nature&sort=views": 24,
    }
    grow(FEW)
    few = {path: (steps_of(path, walt), steps_of(path, walt))[1] for path in counted}
    grow(MANY - FEW)
    many = {path: (steps_of(path, walt), steps_of(path, walt))[1] for path in counted}
    grown = {path: round((many[path] - few[path]) / (MANY - FEW), 1) for path in counted}
    assert {path: steps for path, steps in grown.items() if steps > counted[path]} == {}
