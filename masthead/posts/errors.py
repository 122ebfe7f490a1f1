"""The errors of posts."""

from masthead.errors import Conflict, Invalid


class SlugTaken(Invalid):
    """Another post has, or once had, this slug."""

    def __init__(self, slug: str) -> None:
        super().__init__("Another post has, or once had, this address. Choose another one.", field="slug")
        self.slug = slug


class StaleVersion(Conflict):
    """The post was changed after the writer opened it."""

    def __init__(self, *, expected: int, actual: int) -> None:
        super().__init__(
            "Somebody else saved this post after you opened it. Your text is still here: compare it with theirs, "
            "and save again to replace it."
        )
        self.expected = expected
        self.actual = actual


class NothingToPublish(Invalid):
    """The post has neither words nor a picture, so readers would find an empty page."""

    def __init__(self) -> None:
        super().__init__("Write something first: a post without content cannot be published.", field="body")
