"""Charts of one number for each day, drawn by the server as SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

#: The size of a chart, in its own units.
WIDTH, HEIGHT, GAP = 720.0, 160.0, 0.2
#: The size of a small chart beside a line of text; a day is so wide.
SMALL_HEIGHT, SMALL_DAY = 20, 3


@dataclass(frozen=True, slots=True)
class ChartBar:
    """One bar of a chart: its day, position and label."""

    day: date
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with one number for each day."""

    label: str
    bars: Sequence[ChartBar]
    total: int
    most: int

    @property
    def view_box(self) -> str:
        """The `viewBox` of the chart."""
        return f"0 0 {WIDTH:g} {HEIGHT:g}"


@dataclass(frozen=True, slots=True)
class SmallChart:
    """A chart beside a line of text, as one path."""

    path: str
    days: int
    total: int
    most: int

    @property
    def view_box(self) -> str:
        """The `viewBox` of the chart."""
        return f"0 0 {self.days * SMALL_DAY} {SMALL_HEIGHT}"


def chart(label: str, period: Sequence[date], counts: Mapping[date, int]) -> Chart:
    """Return one bar for each day of the period, scaled to the highest."""
    most = max((counts.get(day, 0) for day in period), default=0)
    step = WIDTH / len(period)
    bars = []
    for number, day in enumerate(period):
        count = counts.get(day, 0)
        height = HEIGHT * count / most if most else 0.0
        x, width = number * step + step * GAP / 2, step * (1 - GAP)
        bars.append(
            ChartBar(day, count, round(x, 2), round(HEIGHT - height, 2), round(width, 2), round(height, 2))
        )
    return Chart(label, bars, sum(bar.count for bar in bars), most)


def small_chart(period: Sequence[date], counts: Mapping[date, int]) -> SmallChart | None:
    """Return the bars of a period, scaled to the highest; None if every day is empty."""
    numbers = [counts.get(day, 0) for day in period]
    most = max(numbers, default=0)
    if not most:
        return None
    parts = []
    for place, count in enumerate(numbers):
        if count:
            height = max(1.0, round(SMALL_HEIGHT * count / most, 1))
            width = SMALL_DAY - 1
            parts.append(f"M{place * SMALL_DAY} {SMALL_HEIGHT}v{-height:g}h{width}v{height:g}z")
    return SmallChart("".join(parts), len(period), sum(numbers), most)
