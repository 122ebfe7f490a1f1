"""Clocks that are changed, in Berlin, New York, Kathmandu and south of the equator."""

from datetime import UTC, datetime

import pytest

from masthead import time_zones


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "shown", "expected"),
    [
        ("Europe/Berlin", "2026-01-15T12:00", ["2026-01-15T11:00"]),
        ("Europe/Berlin", "2026-07-15T12:00", ["2026-07-15T10:00"]),
        # 29 March 2026: 02:00 is 03:00.
        ("Europe/Berlin", "2026-03-29T01:59", ["2026-03-29T00:59"]),
        ("Europe/Berlin", "2026-03-29T02:00", []),
        ("Europe/Berlin", "2026-03-29T02:59", []),
        ("Europe/Berlin", "2026-03-29T03:00", ["2026-03-29T01:00"]),
        # 25 October 2026: 03:00 is 02:00.
        ("Europe/Berlin", "2026-10-25T02:30", ["2026-10-25T00:30", "2026-10-25T01:30"]),
        ("Europe/Berlin", "2026-10-25T03:00", ["2026-10-25T02:00"]),
        ("America/New_York", "2026-03-08T02:30", []),
        ("America/New_York", "2026-11-01T01:30", ["2026-11-01T05:30", "2026-11-01T06:30"]),
        # It never changes its clocks.
        ("Asia/Kathmandu", "2026-03-29T02:30", ["2026-03-28T20:45"]),
        # South of the equator summer ends in April and begins in October.
        ("Australia/Sydney", "2026-04-05T02:30", ["2026-04-04T15:30", "2026-04-04T16:30"]),
        ("Australia/Sydney", "2026-10-04T02:30", []),
        # By half an hour only.
        ("Australia/Lord_Howe", "2026-10-04T02:15", []),
        # At midnight.
        ("America/Santiago", "2026-09-06T00:30", []),
        # A whole day that never was.
        ("Pacific/Apia", "2011-12-30T12:00", []),
        ("UTC", "2026-03-29T02:30", ["2026-03-29T02:30"]),
    ],
)
def test_shown_time_is_the_moments_at_which_clocks_show_it(zone, shown, expected):
    moments = time_zones.moments(datetime.fromisoformat(shown), time_zones.zone(zone))
    assert moments == [at(moment) for moment in expected]


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Berlin", (2026, 3, 1), "2026-02-28T23:00"),
        ("Asia/Kathmandu", (2026, 3, 1), "2026-02-28T18:15"),
        ("America/New_York", (2026, 3, 1), "2026-03-01T05:00"),
        # No clock shows this midnight: the day begins when they are changed.
        ("America/Santiago", (2026, 9, 6), "2026-09-06T04:00"),
        # The calendar begins here.
        ("Europe/Berlin", (1, 1, 1), "0001-01-01T00:00"),
    ],
)
def test_day_begins_at_midnight_there(zone, day, expected):
    assert time_zones.beginning(*day, time_zones.zone(zone)) == at(expected)


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        ("Europe/Berlin", "2026-10-25T00:30", "CEST"),
        ("Europe/Berlin", "2026-10-25T01:30", "CET"),
        ("Asia/Kathmandu", "2026-01-01T00:00", "UTC+05:45"),
        ("America/Sao_Paulo", "2026-01-01T00:00", "UTC-03:00"),
        ("UTC", "2026-01-01T00:00", "UTC"),
    ],
)
def test_label_tells_the_hours_apart(zone, moment, expected):
    assert time_zones.label(at(moment), time_zones.zone(zone)) == expected


@pytest.mark.parametrize("name", ["Europe/Berlin", "europe/berlin", " EUROPE/BERLIN "])
def test_name_is_written_as_iana_does(name):
    assert time_zones.canonical(name) == "Europe/Berlin"


@pytest.mark.parametrize(
    "name", ["", "Berlin", "CEST", "localtime", "Factory", "../../etc/passwd", "Europe", "a\0b"]
)
def test_other_names_are_refused(name):
    with pytest.raises(ValueError, match="no time zone"):
        time_zones.canonical(name)


def test_names_to_choose_from_are_zones_that_have_clocks():
    assert time_zones.offered()[0] == "UTC"
    assert {"Europe/Berlin", "Asia/Kathmandu", "America/Argentina/Buenos_Aires"} <= set(time_zones.offered())
    assert all(time_zones.canonical(name) == name for name in time_zones.offered())


def test_zone_that_this_computer_does_not_know_is_utc():
    assert time_zones.zone("Moon/Tranquility") is UTC
