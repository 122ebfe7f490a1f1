"""The value that says that nothing was said: an action leaves what has it as it is.

Forms and requests hold a part of an object. An action that took absent for empty would erase the rest.
"""

from enum import Enum
from typing import Final, Literal, TypeVar

T = TypeVar("T")


class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "unset"


UNSET: Final[Literal[Unset.UNSET]] = Unset.UNSET


def chosen(wanted: T | Unset, present: T) -> T:
    """The wanted value, or the present one if nothing was said."""
    return present if isinstance(wanted, Unset) else wanted
