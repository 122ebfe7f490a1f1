"""Tells pages that they are rendered for a copy of the site without a server: then they show no sign-in and no forms."""

from typing import Final

from flask import has_request_context, request

ENVIRONMENT_KEY: Final = "masthead.static_copy"


def is_static() -> bool:
    """Tell if the page is rendered for a static copy."""
    return has_request_context() and ENVIRONMENT_KEY in request.environ
