"""The error of the HTTP client; in a module of its own, because the client's library is large."""


class Unreachable(Exception):
    """The fetch failed. Only the log has the reason: whoever gave the URL must not learn about the internal network."""

    def __init__(self) -> None:
        super().__init__("Nothing could be read from this address.")


class AnswerRefused(Unreachable):
    """The host has answered, but with too much, or with a redirect to a place that is not fetched from."""
