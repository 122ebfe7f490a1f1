"""Links above a list that show a part of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilterLink:
    """One of the parts of a list, with the number of its rows where that is counted."""

    label: str
    url: str
    is_current: bool = False
    count: int | None = None
