"""Check of the clock against its stored readings."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from masthead import clock
from masthead.jobs import clock_guard
from masthead.operation.findings import Finding, Level

FORMAT = "%Y-%m-%d %H:%M"


def clock_is_right() -> Iterator[Finding]:
    """Compare the clock with the last reading, which `masthead serve` stores every ten minutes."""
    now = clock.now()
    try:
        last = clock_guard.last_reading()
    except SQLAlchemyError:
        # The database check reports this failure.
        return
    if last is not None and now < last.seen_at - clock_guard.TOLERANCE:
        sentence = (
            f"The clock says {now:{FORMAT}} UTC, and the site has seen {last.seen_at:{FORMAT}} before. Set the clock, and let a time server "
            "keep it right. Until then nothing old is deleted."
        )
        yield Finding(Level.ERROR, "clock", sentence)
    elif last is not None and last.has_leapt_to(now):
        sentence = (
            f"The clock says {now:{FORMAT}} UTC, and the site was last at work at {last.seen_at:{FORMAT}}. If it was not stopped, the clock "
            f"has leapt: set it. Trash and old rows are deleted again {_hours(clock_guard.STEADY_AFTER)} after the start."
        )
        yield Finding(Level.WARNING, "clock", sentence)
    elif last is not None and now < last.trusted_from:
        sentence = (
            f"It has leapt, or the site was stopped, until {last.steady_since:{FORMAT}} UTC. Trash and old rows are deleted "
            f"again from {last.trusted_from:{FORMAT}} on."
        )
        yield Finding(Level.WARNING, "clock", sentence)
    else:
        yield Finding(Level.OK, "clock", f"It says {now:{FORMAT}} UTC, and has not leapt.")


def _hours(span: timedelta) -> str:
    hours = round(span.total_seconds() / 3_600)
    return "an hour" if hours == 1 else f"{hours} hours"
