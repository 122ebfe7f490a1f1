"""The errors of posts and pages alike."""

from masthead.errors import Conflict, Invalid


class SlugTaken(Invalid):
    """Another text of this kind has, or once had, this slug."""

    def __init__(self, slug: str, *, kind: str) -> None:
        super().__init__(f"Another {kind} has, or once had, this address. Choose another one.", field="slug")
        self.slug = slug


class StaleVersion(Conflict):
    """The text was changed after the writer opened it."""

    def __init__(self, *, kind: str, expected: int, actual: int) -> None:
        super().__init__(
            f"Somebody else saved this {kind} after you opened it. Your text is still here: compare it with theirs, "
            "and save again to replace it."
        )
        self.expected = expected
        self.actual = actual
