"""Domain errors: what went wrong, in a sentence for a person, without any HTTP."""


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


class Busy(DomainError):
    """Too many ask for the same costly thing at once; it works again in a few seconds."""
