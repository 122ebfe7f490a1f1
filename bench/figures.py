"""Figures beside their goals."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure: a ratio unless the unit says otherwise."""

    name: str
    value: float
    goal: float
    #: Whether the goal is the least or the most.
    is_least: bool
    unit: str = "×"
    #: Between the slowest and the fastest round, in relation to the median of the rounds; nothing where it was measured once.
    spread: float | None = None

    @property
    def is_met(self) -> bool:
        """True if the goal is reached."""
        return self.value >= self.goal if self.is_least else self.value <= self.goal

    def as_json(self) -> dict[str, Any]:
        """The figure for `results.json`."""
        return {**asdict(self), "is_met": self.is_met}


def at_least(name: str, value: float, goal: float, *, unit: str = "×", spread: float | None = None) -> Figure:
    """A figure that is better when it is greater."""
    return Figure(name, round(value, 3), goal, True, unit, spread)


def at_most(name: str, value: float, goal: float, *, unit: str = "×", spread: float | None = None) -> Figure:
    """A figure that is better when it is smaller."""
    return Figure(name, round(value, 3), goal, False, unit, spread)


class Rounds:
    """Measurements repeated in turn, so that other work of the machine slows all of them alike."""

    def __init__(self, measurements: Mapping[str, Callable[[], float]], rounds: int) -> None:
        self.values: dict[str, list[float]] = {name: [] for name in measurements}
        for _ in range(rounds):
            for name, measure in measurements.items():
                self.values[name].append(measure())

    def median(self, name: str) -> float:
        """The median of a measurement."""
        return statistics.median(self.values[name])

    def ratio(self, name: str, other: str) -> tuple[float, float]:
        """The median of the ratios of two measurements of one round, and their spread in relation to it."""
        ratios = [a / b for a, b in zip(self.values[name], self.values[other], strict=True)]
        middle = statistics.median(ratios)
        return middle, round((max(ratios) - min(ratios)) / middle, 3)


def table(figures: Sequence[Figure]) -> str:
    """The figures as lines of text."""
    width = max(len(figure.name) for figure in figures)
    lines = []
    for figure in figures:
        sign = "≥" if figure.is_least else "≤"
        goal = f"{sign} {figure.goal:g} {figure.unit}"
        spread = f"±{figure.spread / 2:.0%}" if figure.spread is not None else ""
        verdict = "met" if figure.is_met else "NOT MET"
        lines.append(
            f"{figure.name:<{width}}  {figure.value:>9.2f} {figure.unit:<6} {spread:<6} {goal:<12} {verdict}"
        )
    return "\n".join(lines)
