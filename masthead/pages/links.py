"""Paths of pages."""

from flask import url_for

from masthead.pages.models import Page

ABOUT = "about"


def page_url(page: Page) -> str:
    """Return the path of a page."""
    return url_of(page.slug)


def url_of(slug: str) -> str:
    """Return the path of the page with this slug; "about" lives at the root of the site."""
    return url_for("pages.about") if slug == ABOUT else url_for("pages.show", slug=slug)
