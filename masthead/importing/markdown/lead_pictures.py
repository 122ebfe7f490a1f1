"""Finds the lead picture of a text among the many fields that may name it."""

import re
from collections.abc import Iterable
from typing import Final

from masthead.importing.items import LeadPicture
from masthead.importing.reading import plain_text
from masthead.importing.reading.fields import FrontMatterFields, Value, as_list
from masthead.importing.urls import permalinks

PICTURES: Final = (
    "image", "images", "featured_image", "feature_image", "featuredImage", "cover", "cover_image", "hero_image", "hero",
    "lead_image", "header", "banner", "thumbnail", "og_image", "extra.image", "extra.cover", "resources",
)  # fmt: skip
PICTURE_PARTS: Final = (
    "path",
    "src",
    "url",
    "image",
    "feature",
    "file",
    "overlay_image",
    "teaser",
    "relative",
)
ALTERNATIVES: Final = ("image_alt", "cover_alt", "featured_image_alt", "alt")
CAPTIONS: Final = ("image_caption", "image_figcaption", "featured_image_caption", "caption")
_PICTURE_FILE: Final = re.compile(r"(?i)\.(?:avif|bmp|gif|jpe?g|png|svg|webp)(?:[?#]|$)")


def find_lead_picture(fields: FrontMatterFields, own: tuple[str, ...]) -> LeadPicture | None:
    """The lead picture with alternative text and caption; its URL is resolved against the text's own address."""
    for name in PICTURES:
        value = fields.value(name)
        if value is None:
            continue
        first = _first_picture(as_list(value))
        if first is None:
            continue
        url, alt, caption = first
        return LeadPicture(
            url=permalinks.resolve(
                (own or ("/",))[0],
                url if "/" not in url or "://" in url or url.startswith(("/", ".")) else f"/{url}",
            ),
            alt=plain_text.plain_line(alt or fields.text(*ALTERNATIVES)),
            caption=plain_text.plain_line(caption or fields.text(*CAPTIONS)),
            written=url,
        )
    return None


def _first_picture(values: Iterable[Value]) -> tuple[str, str, str] | None:
    for value in values:
        if isinstance(value, dict):
            parts = FrontMatterFields(value)
            address = parts.text(*PICTURE_PARTS)
            if address.casefold() not in {"", "true", "false"}:
                return address, parts.text("alt", "image_alt", "title"), parts.text("caption", "credit")
        elif isinstance(value, str) and (_PICTURE_FILE.search(value) or "/" in value):
            return value.strip(), "", ""
    return None
