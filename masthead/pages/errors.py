"""The errors of pages."""

from masthead.errors import Conflict, Invalid


class InTrash(Conflict):
    """The page is in the trash, where it can only be restored or deleted for good."""

    def __init__(self) -> None:
        super().__init__("This page is in the trash. Restore it first.")


class NotInTrash(Conflict):
    """The page is not in the trash; only pages in the trash can be restored or deleted for good."""

    def __init__(self) -> None:
        super().__init__("This page is not in the trash. Move it there first.")


class PageSlugTaken(Invalid):
    """Another page has, or once had, this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__("Another page has, or once had, this address. Choose another one.", field="slug")
        self.slug = slug


class StalePageVersion(Conflict):
    """The page was changed after the writer opened it."""

    def __init__(self, *, expected: int, actual: int) -> None:
        super().__init__(
            "Somebody else saved this page after you opened it. Your text is still here: compare it with theirs, "
            "and save again to replace it."
        )
        self.expected = expected
        self.actual = actual
