"""Sizes of files as people read them."""


def readable_size(size: int) -> str:
    """Return a number of bytes in units of 1,000, as the limits are."""
    if size < 1_000:
        return f"{size} bytes"
    for unit, bytes_of_it in (("kB", 1_000), ("MB", 1_000_000)):
        value = size / bytes_of_it
        if value < 999.5:
            return f"{value:.1f} {unit}" if value < 9.95 else f"{value:.0f} {unit}"
    return f"{size / 1_000_000_000:.1f} GB"
