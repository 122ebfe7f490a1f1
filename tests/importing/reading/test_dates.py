from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masthead.importing.reading.dates import parse_date, zone_named

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        # A day is midnight in the site's own zone.
        ("2014-03-12", datetime(2014, 3, 11, 23, tzinfo=UTC)),
        ("2014-3-2", datetime(2014, 3, 1, 23, tzinfo=UTC)),
        ("2014/07/12", datetime(2014, 7, 11, 22, tzinfo=UTC)),
        ("20140712", datetime(2014, 7, 11, 22, tzinfo=UTC)),
        (date(2014, 7, 12), datetime(2014, 7, 11, 22, tzinfo=UTC)),
        # A time without a zone, too.
        ("2014-03-12 10:11", datetime(2014, 3, 12, 9, 11, tzinfo=UTC)),
        ("2014-03-12T10:11:12.5", datetime(2014, 3, 12, 9, 11, 12, tzinfo=UTC)),
        (datetime(2014, 3, 12, 10), datetime(2014, 3, 12, 9, tzinfo=UTC)),  # noqa: DTZ001 (a moment without a zone)
        # Zones in every spelling.
        ("2014-03-12T10:11:00-04:00", datetime(2014, 3, 12, 14, 11, tzinfo=UTC)),
        ("2015-03-19 10:00:00 -4", datetime(2015, 3, 19, 14, tzinfo=UTC)),
        ("2015-03-19 10:00:00 +0530", datetime(2015, 3, 19, 4, 30, tzinfo=UTC)),
        ("2015-03-19 10:00:00Z", datetime(2015, 3, 19, 10, tzinfo=UTC)),
        ("2015-03-19 10:00 UTC", datetime(2015, 3, 19, 10, tzinfo=UTC)),
        ("2015-03-19 10:00 EST", datetime(2015, 3, 19, 15, tzinfo=UTC)),
        ("2015-07-19 10:00 America/New_York", datetime(2015, 7, 19, 14, tzinfo=UTC)),
        (datetime(2014, 3, 12, 10, tzinfo=timezone(timedelta(hours=1))), datetime(2014, 3, 12, 9, tzinfo=UTC)),
        # Clocks of twelve hours.
        ("2015-03-19 12:30 AM UTC", datetime(2015, 3, 19, 0, 30, tzinfo=UTC)),
        ("2015-03-19 1:30 p.m. UTC", datetime(2015, 3, 19, 13, 30, tzinfo=UTC)),
        # Words.
        ("March 12, 2014", datetime(2014, 3, 11, 23, tzinfo=UTC)),
        ("12th of Mar 2014", datetime(2014, 3, 11, 23, tzinfo=UTC)),
        ("Wed, 12 Mar 2014 10:11:12 +0000", datetime(2014, 3, 12, 10, 11, 12, tzinfo=UTC)),
        # A leap second.
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_dates_in_every_spelling(written, meant):
    assert parse_date(written, BERLIN) == meant


@pytest.mark.parametrize(
    "written",
    ["2024-13-45", "2024-02-30", "soon", "0000-01-01", "0001-01-01", "9999-12-31 23:00 -10", "2014-03-12 25:00", "13:00 PM", True, 5, "2024-01-01 13:00 pm", "2024-01-01 10:00 Mars/Olympus", ["2024-01-01"]],
)  # fmt: skip
def test_what_is_no_date_is_named(written):
    with pytest.raises(ValueError, match="is not a date"):
        parse_date(written, BERLIN)


def test_zones_by_name_and_offset():
    assert zone_named("Europe/Berlin") == BERLIN
    assert zone_named("+05:30") == timezone(timedelta(hours=5, minutes=30))
    for wrong in ("Nowhere", "", "../etc/passwd", "/etc/localtime", "+99:00"):
        with pytest.raises(ValueError, match=r"time zone|strictly between"):
            zone_named(wrong)


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_a_value_error(text):
    with suppress(ValueError):
        assert parse_date(text, UTC).tzinfo is UTC
