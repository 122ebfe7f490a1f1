"""Filter links above a list."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilterLink:
    """A filter of a list, with the number of matching rows where that is counted."""

    label: str
    url: str
    is_current: bool = False
    count: int | None = None
