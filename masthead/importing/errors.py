"""What can be wrong with a folder or a file of texts from elsewhere."""

from masthead.errors import DomainError


class SourceNotFound(DomainError):
    """There is no folder to import from."""


class Unreadable(DomainError):
    """A file cannot be imported; ``line`` is counted from 1 in the file, where the place is known."""

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class WorkerLost(DomainError):
    """A process that typeset files is gone."""

    def __init__(self) -> None:
        super().__init__(
            "A process that read the files was ended, perhaps for want of memory. What was imported so far is safe: "
            "run the command again, perhaps with --processes 1, and it goes on from there."
        )
