"""`UNSET`, the value of an argument that was not given: actions leave the attribute as it is.

Forms and requests contain a part of an object. An action that took absent for empty would erase the rest.
"""

from enum import Enum
from typing import Final, Literal, TypeVar

T = TypeVar("T")


class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "unset"


UNSET: Final[Literal[Unset.UNSET]] = Unset.UNSET


def chosen(wanted: T | Unset, present: T) -> T:
    """Return the wanted value, or the present one for `UNSET`."""
    return present if isinstance(wanted, Unset) else wanted
