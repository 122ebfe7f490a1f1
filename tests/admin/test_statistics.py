"""What editors see of readings and comments."""

from datetime import UTC, date, datetime, timedelta

import pytest

from masthead import clock
from masthead.comments.models import CommentStatus
from masthead.db import db
from masthead.posts import view_counter
from masthead.posts.models import DailyViews
from masthead.settings import actions as settings
from masthead.web.charts import HEIGHT, WIDTH, chart
from tests.factories import CommentFactory, PostFactory

PATH = "/admin/statistics"


@pytest.fixture
def read(app):
    """Note that a post was read so often, some days ago."""

    def note(post, views, days_ago=0):
        with app.app_context():
            day = clock.now().date() - timedelta(days=days_ago)
            db.session.add(DailyViews(post_id=post.id, day=day, views=views))
            db.session.commit()

    return note


def test_the_most_read_posts_come_first(cast, sign_in, read):
    autumn, winter = PostFactory(title="Autumn"), PostFactory(title="Winter")
    read(autumn, 3)
    read(winter, 2)
    read(winter, 5, days_ago=3)
    read(PostFactory(title="Unseen", status="draft"), 100)
    page = sign_in(cast.edith).read(PATH)
    assert [link.text_content() for link in page.all("//ol/li/a")] == ["Winter", "Autumn"]
    assert [meter.get("value") for meter in page.all("//ol/li/meter")] == ["100.0", "42.9"]


def test_each_day_has_its_bar_and_its_row(cast, sign_in, read):
    post = PostFactory()
    read(post, 40, days_ago=1)
    read(post, 10)
    read(post, 999, days_ago=20)
    page = sign_in(cast.edith).read(f"{PATH}?days=7")
    views = page.all("//section[h2[contains(., 'Page views')]]")[0]
    assert views.xpath("string(h2/span)") == "50"
    assert [cell.text_content() for cell in views.xpath(".//tbody//td")] == ["10", "40"]
    assert [float(bar.get("height")) for bar in views.xpath(".//*[local-name()='rect']")] == [
        HEIGHT,
        HEIGHT / 4,
    ]


def test_comments_are_counted_by_day_without_spam(cast, sign_in):
    post = PostFactory()
    now = datetime.now(UTC)
    CommentFactory.create_batch(2, post=post, created_at=now)
    CommentFactory(post=post, created_at=now, status=CommentStatus.PENDING)
    CommentFactory(post=post, created_at=now, status=CommentStatus.SPAM)
    CommentFactory(post=post, created_at=now - timedelta(days=40))
    page = sign_in(cast.edith).read(PATH)
    comments = page.all("//section[h2[contains(., 'Comments')]]")[0]
    assert [cell.text_content() for cell in comments.xpath(".//tbody//td")] == ["3"]


def test_a_publication_without_readers_says_so(cast, sign_in):
    page = sign_in(cast.edith).read(PATH)
    assert page.all("//*[local-name()='svg' and @role='img']") == []
    assert "No page views in this period yet." in page.text()


def test_jobs_are_for_those_who_look_after_them(cast, sign_in):
    assert "Background jobs" not in sign_in(cast.edith).read(PATH).text()


@pytest.mark.parametrize("days", ["0", "-1", "8", "seven", "9" * 30])
def test_another_period_is_a_clear_4xx(cast, sign_in, days):
    assert sign_in(cast.edith).get(f"{PATH}?days={days}").status_code == 404


@pytest.mark.parametrize("rows", [3, 30])
def test_statistics_cost_the_same_with_more_posts(cast, sign_in, read, queries, rows):
    for post in PostFactory.create_batch(rows):
        read(post, 1)
    edith = sign_in(cast.edith)
    # Who is signed in, views, comments, posts, settings.
    with queries.exactly(5):
        edith.get(PATH)


def test_a_chart_keeps_to_its_frame():
    first = date(2026, 1, 1)
    period = [first + timedelta(days=number) for number in range(365)]
    drawn = chart("Views", period, {period[0]: 7, period[-1]: 14, first - timedelta(days=1): 99})
    assert (drawn.total, drawn.most) == (21, 14)
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH for bar in drawn.bars)
    assert all(bar.y >= 0 and bar.y + bar.height == pytest.approx(HEIGHT, abs=0.02) for bar in drawn.bars)


def test_days_begin_in_the_time_zone_of_the_publication(app, cast, sign_in, time_machine):
    # A quarter to six in the morning of the 2nd in Kathmandu.
    time_machine.move_to(datetime(2026, 11, 2, 0, 0, tzinfo=UTC), tick=False)
    post = PostFactory()
    for hours in (0, 5, 6, 30):
        CommentFactory(post=post, created_at=clock.now() - timedelta(hours=hours))
    view_counter.count(app, post.id)
    with app.app_context():
        settings.change(time_zone="Asia/Kathmandu")
        db.session.commit()
        view_counter.flush(app)
        view_counter.count(app, post.id)
        view_counter.flush(app)
    page = sign_in(cast.edith).read(f"{PATH}?days=7")
    assert "Asia/Kathmandu" in page.text("//main")
    charts = [
        [
            " ".join(row.xpath("string(th)").split()) + ": " + row.xpath("string(td)")
            for row in section.xpath(".//tbody/tr")
        ]
        for section in page.all("//section[.//table]")
    ]
    assert charts == [["2 Nov 2026: 2"], ["2 Nov 2026: 2", "1 Nov 2026: 1", "31 Oct 2026: 1"]]


def test_day_that_is_longer_by_an_hour_holds_all_its_comments(app, cast, sign_in, time_machine):
    # In Berlin 25 October 2026 has 25 hours: from 22:00 to 23:00 in UTC.
    time_machine.move_to(datetime(2026, 10, 26, 12, tzinfo=UTC), tick=False)
    post = PostFactory()
    for moment in ("2026-10-24T21:59", "2026-10-24T22:00", "2026-10-25T22:59", "2026-10-25T23:00"):
        CommentFactory(post=post, created_at=datetime.fromisoformat(moment).replace(tzinfo=UTC))
    with app.app_context():
        settings.change(time_zone="Europe/Berlin")
        db.session.commit()
    page = sign_in(cast.edith).read(f"{PATH}?days=7")
    comments = page.all("//section[h2[contains(., 'Comments')]]")[0]
    assert [cell.text_content() for cell in comments.xpath(".//tbody//td")] == ["1", "2", "1"]
