"""The errors of pages."""

from masthead.errors import Conflict


class InTrash(Conflict):
    """The page is in the trash, where it can only be restored or deleted for good."""

    def __init__(self) -> None:
        super().__init__("This page is in the trash. Restore it first.")


class NotInTrash(Conflict):
    """The page is not in the trash; only pages in the trash can be restored or deleted for good."""

    def __init__(self) -> None:
        super().__init__("This page is not in the trash. Move it there first.")
