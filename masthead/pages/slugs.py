"""The table of the slugs of pages."""

from typing import Final

from masthead.content.slugs import SlugTable
from masthead.pages.models import Page, PageSlug

SLUGS: Final = SlugTable(Page, PageSlug, PageSlug.slug, PageSlug.page_id)
