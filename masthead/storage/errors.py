"""The errors of stores; apart from them, because every command knows these, and few load a store."""


class StoreUnavailable(Exception):
    """The store is away, full, or refuses access."""


class StoreFull(StoreUnavailable):
    """The store has no room for another file."""


class StoreReadOnly(StoreUnavailable):
    """The store can be read but not written."""
