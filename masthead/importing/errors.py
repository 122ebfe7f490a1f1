"""The errors of an import."""

from masthead.errors import DomainError


class SourceNotFound(DomainError):
    """There is nothing to import from at the given place."""


class Unreadable(DomainError):
    """A file cannot be imported; ``line`` is the line number in the file, where it is known."""

    def __init__(self, message: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class WorkerLost(DomainError):
    """A worker process ended unexpectedly."""

    def __init__(self) -> None:
        super().__init__(
            "A worker process ended unexpectedly, perhaps because memory ran out. Everything imported so far is stored: "
            "run the command again, perhaps with --processes 1, and it continues there."
        )


class NoTemporaryFiles(DomainError):
    """The temporary files of an import cannot be written or read."""

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(
            f"The temporary files of the import in {folder} cannot be used: {reason}. Make room there, or name another "
            "folder with TMPDIR, and run the import again: it goes on where it was."
        )
