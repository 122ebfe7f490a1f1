"""The errors of posts."""

from masthead.errors import Invalid


class NothingToPublish(Invalid):
    """The post has neither words nor a picture, so readers would find an empty page."""

    def __init__(self) -> None:
        super().__init__("Write something first: a post without content cannot be published.", field="body")
