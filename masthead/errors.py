"""Domain errors: what went wrong, in a sentence for a person, without any HTTP."""

from collections.abc import Iterable
from types import TracebackType


class DomainError(Exception):
    """Something that the caller asked for cannot be done; the message is a full sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """What was asked for does not exist, or this person may not know that it does."""


class NotAllowed(DomainError):
    """The person is known but lacks the right."""


class Conflict(DomainError):
    """The state of the thing, or another change to it, rules this out."""


class Invalid(DomainError):
    """A value cannot be accepted; ``field`` names the input that holds it, if one does."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field

    @property
    def each(self) -> tuple["Invalid", ...]:
        """Every mistake that this error tells of, the first one first."""
        return (self,)

    @property
    def by_field(self) -> dict[str, list[str]]:
        """The sentences by the names of their fields."""
        found: dict[str, list[str]] = {}
        for mistake in self.each:
            if mistake.field:
                found.setdefault(mistake.field, []).append(mistake.message)
        return found


class SeveralInvalid(Invalid):
    """Several values cannot be accepted, each for its own reason."""

    def __init__(self, mistakes: Iterable[Invalid]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__(" ".join(dict.fromkeys(mistake.message for mistake in self.mistakes)))

    @property
    def each(self) -> tuple[Invalid, ...]:
        """Every mistake, the first one first."""
        return self.mistakes


class Busy(DomainError):
    """Too many ask for the same costly thing at once; it works again in a few seconds."""


class Mistakes:
    """What is wrong with the values of one request, collected so that all of it is said at once.

    Each ``with mistakes:`` judges one value, and the next ones are judged whatever it found.
    """

    def __init__(self, found: Iterable[Invalid] = ()) -> None:
        self._found: dict[tuple[str | None, str], Invalid] = {}
        for mistake in found:
            self.add(mistake)

    def add(self, error: Invalid) -> None:
        """Note a mistake, once."""
        for mistake in error.each:
            self._found.setdefault((mistake.field, mistake.message), mistake)

    @property
    def found(self) -> tuple[Invalid, ...]:
        """The mistakes, in the order in which they were noted."""
        return tuple(self._found.values())

    def settle(self) -> None:
        """Raise one error that tells of everything noted, if there is something."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            raise SeveralInvalid(self.found)

    def __enter__(self) -> None:
        """Begin to judge a value."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Note what is wrong with it. A missing right is no mistake of a value: it is told once the values are right."""
        if isinstance(error, Invalid):
            self.add(error)
        return isinstance(error, DomainError)
