"""Reads titles, descriptions and pictures for search results and cards, as plug-ins for search engines keep them."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from masthead.importing.html.tree import parse
from masthead.importing.items import NoteCollector

#: The keys of Yoast, Rank Math, All in One SEO, SEOPress, The SEO Framework and Jetpack, the most precise first.
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "meta_title": (
        "_yoast_wpseo_title", "rank_math_title", "_aioseo_title", "_aioseop_title", "_seopress_titles_title", "_genesis_title",
        "jetpack_seo_html_title",
    ),
    "meta_description": (
        "_yoast_wpseo_metadesc", "rank_math_description", "_aioseo_description", "_aioseop_description", "_seopress_titles_desc",
        "_genesis_description", "advanced_seo_description",
    ),
    "card_title": (
        "_yoast_wpseo_opengraph-title", "_yoast_wpseo_twitter-title", "rank_math_facebook_title", "rank_math_twitter_title",
        "_aioseo_og_title", "_aioseo_twitter_title", "_seopress_social_fb_title", "_seopress_social_twitter_title",
        "_open_graph_title", "_twitter_title",
    ),
    "card_description": (
        "_yoast_wpseo_opengraph-description", "_yoast_wpseo_twitter-description", "rank_math_facebook_description",
        "rank_math_twitter_description", "_aioseo_og_description", "_aioseo_twitter_description", "_seopress_social_fb_desc",
        "_seopress_social_twitter_desc", "_open_graph_description", "_twitter_description",
    ),
    "card_image": (
        "_yoast_wpseo_opengraph-image", "_yoast_wpseo_twitter-image", "rank_math_facebook_image", "rank_math_twitter_image",
        "_aioseo_og_image_custom_url", "_seopress_social_fb_img", "_seopress_social_twitter_img", "_social_image_url",
    ),
}  # fmt: skip
_CANONICAL: Final = (
    "_yoast_wpseo_canonical", "rank_math_canonical_url", "_aioseo_canonical_url", "_seopress_robots_canonical",
    "_genesis_canonical_uri",
)  # fmt: skip
#: `%%title%%` of Yoast and SEOPress, `%title%` of Rank Math, `#post_title` of All in One SEO.
_VARIABLE: Final = re.compile(
    r"%%(?P<double>[a-z_]{1,60})%%|%(?P<single>[a-z_]{1,60}(?:\([^)%]{0,60}\))?)%|(?<![\w&])#(?P<hash>[a-z]+_[a-z_]{1,60})"
)
_TITLES: Final = frozenset({"title", "post_title", "seo_title"})
_SUMMARIES: Final = frozenset(
    {"excerpt", "excerpt_only", "post_excerpt", "post_excerpt_only", "seo_description"}
)
_SITES: Final = frozenset({"sitename", "sitetitle", "site_title", "site_name"})
_SEPARATORS: Final = frozenset({"sep", "separator_sa"})
#: Words that are empty on the first page of a text.
_EMPTY: Final = frozenset({"page", "page_number", "pagenumber", "current_pagination"})


def card_fields(
    meta: Mapping[str, str], *, title: str, summary: str, notes: NoteCollector
) -> Iterator[tuple[str, str]]:
    """The fields of a post's card with their values, variables replaced."""
    for field, keys in _KEYS.items():
        for key in keys:
            value = meta.get(key, "").strip()
            if value and value != "default":
                yield field, value if field == "card_image" else _replaced(value, title, summary, notes)


def canonical_address(meta: Mapping[str, str]) -> str:
    """The address that a plug-in names as the original's; '' if there is none."""
    return next((meta[name].strip() for name in _CANONICAL if meta.get(name, "").strip()), "")


def _replaced(value: str, title: str, summary: str, notes: NoteCollector) -> str:
    """The value with its variables replaced. The name of the site is left out, since pages add it here."""
    written = " ".join(parse(value).text().split())
    # The words between separators; a separator beside nothing says nothing.
    groups: list[list[str]] = [[]]
    unknown: list[str] = []
    position = 0
    for match in _VARIABLE.finditer(written):
        groups[-1].append(written[position : match.start()])
        position = match.end()
        name = match["double"] or match["single"] or match["hash"]
        if name in _SEPARATORS:
            groups.append([])
        elif name in _TITLES | _SUMMARIES:
            groups[-1].append(title if name in _TITLES else summary)
        elif name not in _SITES | _EMPTY:
            unknown.append(match[0])
    groups[-1].append(written[position:])
    if unknown:
        notes.lost("variables of a meta title or description", ", ".join(unknown)[:200], count=len(unknown))
    return " - ".join(words for group in groups if (words := " ".join("".join(group).split())))
