"""Fields for older addresses of a text or a profile: `aliases`, `redirect_from` and similar."""

from collections.abc import Iterator
from typing import Final

from masthead.importing.reading.fields import FrontMatterFields, as_list, as_text
from masthead.importing.urls import permalinks

NAMES: Final = ("redirect_from", "aliases", "alias", "old_url", "old_urls", "redirects")


def alias_paths(fields: FrontMatterFields, own: str, *, base: str, beside: bool) -> Iterator[str]:
    """The old paths in front matter. If ``beside`` is set, a path without a leading slash is relative to ``own``.

    Generators write aliases into the published folder, so on the old site they were below its base path.
    """
    for name in NAMES:
        for value in as_list(fields.value(name)):
            address = as_text(value).strip()
            if not address or isinstance(value, (list, dict)):
                continue
            if "://" in address or address.startswith("//"):
                yield permalinks.path_of(address)
            elif address.startswith("/") or not (beside or address.startswith(".")):
                yield from permalinks.unique(
                    permalinks.with_leading_slash(f"{at}/{address}") for at in (base, "")
                )
            else:
                yield permalinks.path_of(permalinks.resolve(own.rstrip("/") if own else "/", address))
