"""The one error of fetching; apart from the client, whose library no process should load before it fetches something."""


class Unreachable(Exception):
    """Nothing could be fetched. Why is in the log alone: whoever gave the address must not learn what is in here."""

    def __init__(self) -> None:
        super().__init__("Nothing could be read from this address.")
