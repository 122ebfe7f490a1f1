"""Absolute URLs, built from SITE_URL alone so that a forged Host header cannot redirect a link in an email."""

from typing import Any

from flask import current_app


def absolute_url(endpoint: str, **values: Any) -> str:
    """Build the public URL of an endpoint; works in tasks and in the shell as well."""
    site_url: str = current_app.config["SITE_URL"]
    adapter = current_app.url_map.bind("localhost")
    return site_url + adapter.build(endpoint, values)
