"""Jekyll's permalink styles and tokens."""

from collections.abc import Iterator
from typing import Final

from masthead.importing.markdown.dialect import PathInfo

#: https://jekyllrb.com/docs/permalinks/#built-in-formats
STYLES: Final = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
TOKENS: Final = frozenset(
    {
        "categories",
        "slugified_categories",
        "title",
        "slug",
        "name",
        "basename",
        "path",
        "collection",
        "output_ext",
    }
)


def page_style(pattern: str, info: PathInfo) -> str:
    """The pattern of a page: pages have only two styles, with and without an extension."""
    if info.collection or (":" not in pattern and pattern not in STYLES):
        return STYLES.get(pattern, pattern)
    if info.is_index:
        return "/:path/"
    if pattern == "pretty" or pattern.endswith("/"):
        return "/:path/"
    return (
        "/:path:output_ext"
        if pattern in STYLES or pattern.endswith(":output_ext") or ".html" in pattern
        else "/:path"
    )


def as_served(path: str) -> Iterator[str]:
    """The address, and the address with the extension of the built file, which servers answer as well."""
    yield path
    if path and not path.endswith(("/", ".html", ".htm", ".php")):
        yield f"{path}.html"


def with_century(date: str) -> str:
    """The date with a year of four digits, completed as Ruby does."""
    year, _, rest = date.partition("-")
    if len(year) == 4:
        return date
    return f"{'20' if int(year) < 69 else '19'}{year}-{rest}"
