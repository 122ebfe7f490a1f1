"""The time zone of the publication and of each person, on every page and through every door."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from masthead.db import db
from masthead.people.models import User
from masthead.posts.models import Post
from masthead.settings import actions as settings
from tests.factories import PostFactory
from tests.support.people import PASSWORD
from tests.support.visitors import document

#: Half past one on New Year's Day in Berlin, a quarter past six in Kathmandu.
NEW_YEAR = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)


@pytest.fixture
def publication(app):
    def change(**values):
        with app.app_context():
            settings.change(**values)
            db.session.commit()

    return change


@pytest.fixture
def work_in(app):
    """Give somebody a time zone."""

    def change(user, name):
        with app.app_context():
            db.session.scalars(select(User).where(User.id == user.id)).one().time_zone = name
            db.session.commit()

    return change


@pytest.fixture
def stored(app):
    def read(slug):
        with app.app_context():
            return db.session.scalars(select(Post).where(Post.slug == slug)).one()

    return read


def test_readers_see_dates_of_the_publications_zone(client, cast, publication):
    PostFactory(author=cast.walt, title="Bells", slug="bells", published_at=NEW_YEAR)
    for path in ("/", "/blog/", "/blog/post/bells", "/blog/author/walt", "/search?q=bells"):
        assert re.search("31 Dec(ember)? 2025", client.get(path).text), path
    publication(time_zone="Europe/Berlin")
    for path in ("/", "/blog/", "/blog/post/bells", "/blog/author/walt", "/search?q=bells"):
        page = client.get(path).text
        assert re.search("1 Jan(uary)? 2026", page), path
        assert not re.search("31 Dec(ember)? 2025", page), path
    moments = client.read("/blog/post/bells").all("//main//time/@datetime")
    assert {datetime.fromisoformat(moment) for moment in moments} == {NEW_YEAR}
    assert all(moment.endswith(("+00:00", "Z")) for moment in moments)


def test_months_of_the_archive_begin_in_the_publications_zone(client, cast, publication):
    PostFactory(author=cast.walt, title="Bells", published_at=NEW_YEAR)
    PostFactory(author=cast.walt, title="Snow", published_at=NEW_YEAR - timedelta(days=3))
    assert client.read("/blog/archive/").texts("//main//ul/li") == ["December 2 posts"]
    publication(time_zone="Asia/Kathmandu")
    assert client.read("/blog/archive/").texts("//main//ul/li") == ["January 1 post", "December 1 post"]
    assert "Bells" in client.get("/blog/archive/2026/1").text
    assert "Bells" not in client.get("/blog/archive/2025/12").text
    publication(time_zone="America/New_York")
    assert client.get("/blog/archive/2026/1").status_code == 404


def test_archive_counts_each_month_of_a_long_life(client, cast):
    for year in (1954, 1999, 2024):
        PostFactory(author=cast.walt, published_at=datetime(year, 2, 1, tzinfo=UTC))
    assert client.read("/blog/archive/").texts("//main//h2") == ["2024", "1999", "1954"]


def test_feeds_stay_in_utc(client, cast, publication):
    PostFactory(author=cast.walt, published_at=NEW_YEAR)
    publication(time_zone="Asia/Kathmandu")
    assert "2025-12-31T23:30:00+00:00" in client.get("/feed.xml").text
    assert "Wed, 31 Dec 2025 23:30:00 GMT" in client.get("/rss.xml").text


def test_tools_show_times_in_the_persons_zone_with_its_name(app, client, sign_in, cast, publication):
    post = PostFactory(author=cast.walt, title="Bells", published_at=NEW_YEAR)
    sign_in(client, cast.walt)
    desk = f"/blog/edit/{post.id}"
    assert "31 Dec 2025, 23:30 UTC" in client.read(desk).text("//main")
    publication(time_zone="America/New_York")
    assert "31 Dec 2025, 18:30 EST" in client.read(desk).text("//main")
    assert client.fill_in("/auth/profile", time_zone="Asia/Kathmandu").status_code == 303
    assert "1 Jan 2026, 05:15 UTC+05:45" in client.read(desk).text("//main")
    for path in (desk, "/dashboard", "/blog/my-posts", "/auth/sessions"):
        assert "Asia/Kathmandu" in client.get(path).text, path
    assert "1 Jan 2026" in client.read("/blog/my-posts").text("//main")
    # Readers go by the publication, whoever they are.
    assert "31 Dec 2025" in client.read("/blog/").text("//main")


def test_profile_and_settings_refuse_what_is_no_zone(client, sign_in, cast):
    sign_in(client, cast.ada)
    for path in ("/auth/profile", "/admin/settings"):
        refused = client.fill_in(path, time_zone="Europe/Atlantis")
        assert refused.status_code == 422
        assert "There is no such time zone" in document(refused).error_of("time_zone")
        assert client.fill_in(path, time_zone="asia/calcutta").status_code == 303
        assert client.read(path).value_of("time_zone") == "Asia/Calcutta"
    assert client.fill_in("/auth/profile", time_zone="").status_code == 303


def test_form_without_the_field_leaves_the_zone(client, sign_in, cast, work_in):
    work_in(cast.walt, "Asia/Kathmandu")
    sign_in(client, cast.walt)
    token = client.form_token()
    sent = client.post("/auth/profile", data={"name": "Walt", "bio": "", "website": "", "csrf_token": token})
    assert sent.status_code == 303
    assert client.read("/auth/profile").value_of("time_zone") == "Asia/Kathmandu"


@pytest.mark.parametrize(
    ("zone", "entered", "expected"),
    [
        ("Europe/Berlin", "2027-01-15T12:00", "2027-01-15T11:00"),
        ("Europe/Berlin", "2027-07-15T12:00", "2027-07-15T10:00"),
        ("Asia/Kathmandu", "2027-07-15T05:45", "2027-07-15T00:00"),
        ("Australia/Sydney", "2027-01-15T12:00", "2027-01-15T01:00"),
        # With an offset it is exact, whatever the zone.
        ("Asia/Kathmandu", "2027-07-15T12:00+02:00", "2027-07-15T10:00"),
    ],
)
def test_post_is_scheduled_in_the_writers_zone(
    client, sign_in, cast, work_in, stored, zone, entered, expected
):
    work_in(cast.walt, zone)
    sign_in(client, cast.walt)
    text = {"title": "Later", "body": "Words."}
    sent = client.fill_in("/blog/create", text, button="schedule", published_at=entered)
    assert sent.status_code == 303
    assert stored("later").published_at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    page = client.read(sent.location)
    assert f"Publish at ({zone})" in page.text("//main")
    if "+" not in entered:
        assert page.value_of("published_at") == entered


@pytest.mark.parametrize(
    ("zone", "never"),
    [
        ("Europe/Berlin", "2027-03-28T02:30"),
        ("America/New_York", "2027-03-14T02:30"),
        ("Australia/Sydney", "2027-10-03T02:30"),
    ],
)
def test_time_that_no_clock_shows_is_refused_with_the_reason(client, sign_in, cast, work_in, zone, never):
    work_in(cast.walt, zone)
    sign_in(client, cast.walt)
    text = {"title": "Later", "body": "Words."}
    refused = client.fill_in("/blog/create", text, button="schedule", published_at=never)
    assert refused.status_code == 422
    assert "Clocks go forward on" in document(refused).error_of("published_at")
    assert "never show 02:30" in document(refused).error_of("published_at")


@pytest.mark.parametrize(
    ("zone", "twice", "first", "second"),
    [
        ("Europe/Berlin", "2027-10-31T02:30", "2027-10-31T00:30", "2027-10-31T01:30"),
        ("America/New_York", "2027-11-07T01:30", "2027-11-07T05:30", "2027-11-07T06:30"),
        ("Australia/Sydney", "2027-04-04T02:30", "2027-04-03T15:30", "2027-04-03T16:30"),
    ],
)
def test_time_that_comes_twice_is_chosen(client, sign_in, cast, work_in, stored, zone, twice, first, second):
    work_in(cast.walt, zone)
    sign_in(client, cast.walt)
    text = {"title": "Later", "body": "Words."}
    asked = client.fill_in("/blog/create", text, button="schedule", published_at=twice)
    assert asked.status_code == 422
    page = document(asked)
    assert "twice" in page.error_of("published_at")
    sent = client.fill_in("/blog/create", text, button="save")
    for which, expected in (("second", second), ("first", first)):
        data = {
            **text,
            "slug": "later",
            "published_at": twice,
            "published_at_which": which,
            "action": "schedule",
        }
        token = client.form_token()
        assert client.post(sent.location, data={**data, "csrf_token": token}).status_code == 303
        assert stored("later").published_at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
        # Opening and saving keeps the one that was chosen.
        assert client.read(sent.location).value_of("published_at_which") == which
        assert client.fill_in(sent.location, button="schedule").status_code == 303
        assert stored("later").published_at == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_schedule_keeps_the_seconds_that_the_form_does_not_show(app, client, sign_in, cast, stored):
    when = datetime(2027, 1, 15, 12, 0, 33, 123456, tzinfo=UTC)
    post = PostFactory(author=cast.walt, slug="later", published_at=when)
    sign_in(client, cast.walt)
    assert client.fill_in(f"/blog/edit/{post.id}", button="schedule").status_code == 303
    assert stored("later").published_at == when


@pytest.mark.parametrize(
    ("zone", "typed", "is_found"),
    [
        ("UTC", "after:2025-12-31", False),
        ("UTC", "before:2026-01-01", True),
        ("Europe/Berlin", "after:2025-12-31", True),
        ("Europe/Berlin", "before:2026-01-01", False),
        ("Europe/Berlin", "before:2026", False),
        ("Europe/Berlin", "after:2026-01-01", False),
        ("America/New_York", "before:2026-01-01", True),
        # Clocks there are nearly a day ahead: midnight of the second is the noon of the first.
        ("Pacific/Kiritimati", "before:2026-01-02", True),
    ],
)
def test_searched_days_are_those_that_readers_see(
    client, call_search, cast, publication, zone, typed, is_found
):
    PostFactory(author=cast.walt, title="Bells", slug="bells", published_at=NEW_YEAR)
    publication(time_zone=zone)
    found = client.read(f"/search?q=bells+{typed}").texts("//ol[@class='results']//h2")
    assert found == (["Bells"] if is_found else [])
    assert call_search(f"bells {typed}") == (["bells"] if is_found else [])


@pytest.fixture
def call_search(client):
    """The slugs that the API finds."""

    def slugs(typed):
        answer = client.get("/api/v1/search", query_string={"q": typed})
        return [result["slug"] for result in answer.json["results"]]

    return slugs


@pytest.mark.parametrize(("day", "hour"), [("2025-03-30", 22), ("2025-10-26", 23)])
def test_searched_day_of_a_clock_change_ends_with_its_last_hour(client, cast, publication, day, hour):
    """The day has 23 hours, or 25: it ends at 22:00 UTC, or at 23:00."""
    publication(time_zone="Europe/Berlin")
    end = datetime.fromisoformat(f"{day}T{hour}:00+00:00")
    PostFactory(author=cast.walt, title="Last", published_at=end - timedelta(seconds=1))
    PostFactory(author=cast.walt, title="First", published_at=end)
    assert client.read(f"/search?q=after:{day}").texts("//ol[@class='results']//h2") == ["First"]


def test_first_sign_in_takes_the_zone_of_the_browser_until_the_person_chooses(client, cast, publication):
    publication(time_zone="America/New_York")
    form = {"email": cast.walt.email, "password": PASSWORD}

    def zone_after_sign_in(**sent):
        """The form has the field of the script beside its own."""
        token = client.read("/auth/login").form(form).values["csrf_token"][0]
        assert client.post("/auth/login", data=form | sent | {"csrf_token": token}).status_code == 303
        shown = client.read("/dashboard").text("//p[@class='desk-zone']/a")
        profile = client.read("/auth/profile").value_of("time_zone")
        return shown, profile

    def leave():
        client.press("/dashboard", action="/auth/logout")

    for unknown in ("Europe/Atlantis", "", "../etc/passwd", "x" * 5_000, "Factory"):
        assert zone_after_sign_in(time_zone=unknown) == ("America/New_York", ""), unknown
        leave()
    assert zone_after_sign_in() == ("America/New_York", "")
    leave()
    assert zone_after_sign_in(time_zone="asia/kathmandu") == ("Asia/Kathmandu", "Asia/Kathmandu")
    leave()
    # A journey is no move, and a choice counts, that of the publication's zone too.
    assert zone_after_sign_in(time_zone="Europe/Berlin") == ("Asia/Kathmandu", "Asia/Kathmandu")
    assert client.fill_in("/auth/profile", time_zone="").status_code == 303
    leave()
    assert zone_after_sign_in(time_zone="Europe/Berlin") == ("America/New_York", "")
