"""Domain errors: a sentence for a person, without any HTTP."""

from collections.abc import Iterable
from types import TracebackType


class DomainError(Exception):
    """A request cannot be fulfilled; the message is a full sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """The object does not exist, or its existence must not be revealed to this person."""


class NotAllowed(DomainError):
    """The person is known but lacks the right."""


class Conflict(DomainError):
    """The state of the object, or a concurrent change, rules the action out."""


class Invalid(DomainError):
    """A value is invalid; ``field`` names its input, if it has one."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field

    @property
    def each(self) -> tuple["Invalid", ...]:
        """Yield every error, the first one first."""
        return (self,)

    @property
    def by_field(self) -> dict[str, list[str]]:
        """Map field names to messages."""
        found: dict[str, list[str]] = {}
        for mistake in self.each:
            if mistake.field:
                found.setdefault(mistake.field, []).append(mistake.message)
        return found


class SeveralInvalid(Invalid):
    """Several values are invalid, each for its own reason."""

    def __init__(self, mistakes: Iterable[Invalid]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(" ".join(dict.fromkeys(mistake.message for mistake in self.mistakes)))

    @property
    def each(self) -> tuple[Invalid, ...]:
        """Yield every error, the first one first."""
        return self.mistakes


class Busy(DomainError):
    """Too many concurrent requests for an expensive operation; a retry works in a few seconds."""


class Mistakes:
    """Collects the errors of several values, so that all are reported at once.

    Each ``with mistakes:`` block checks one value; an error does not stop the next blocks.
    """

    def __init__(self, found: Iterable[Invalid] = ()) -> None:
        self._found: dict[tuple[str | None, str], Invalid] = {}
        for mistake in found:
            self.add(mistake)

    def add(self, error: Invalid) -> None:
        """Add an error, once."""
        for mistake in error.each:
            self._found.setdefault((mistake.field, mistake.message), mistake)

    @property
    def found(self) -> tuple[Invalid, ...]:
        """The errors in the order in which they were added."""
        return tuple(self._found.values())

    def settle(self) -> None:
        """Raise one error that contains all, if there are any."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            raise SeveralInvalid(self.found)

    def __enter__(self) -> None:
        """Begin to check a value."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Collect an `Invalid`. Other domain errors are dropped: the action raises them once all values are valid."""
        if isinstance(error, Invalid):
            self.add(error)
        return isinstance(error, DomainError)
