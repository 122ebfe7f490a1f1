"""Redirects after sign-in that cannot lead to another site (open redirect protection)."""

from urllib.parse import urlsplit, urlunsplit

from flask import redirect, request
from werkzeug.wrappers import Response


def local_path(target: str | None) -> str | None:
    """Return the path and query of ``target``, rebuilt from its parts, if it certainly stays on this site, else None.

    Browsers read a backslash as a slash and drop tabs and line breaks (WHATWG URL, section 4.4), so that
    ``/\\evil.example`` leaves the site although it begins with one slash.
    """
    if not target or not target.isprintable() or "\\" in target or " " in target:
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("//"):
        return None
    return urlunsplit(("", "", parts.path, parts.query, ""))


def redirect_back(fallback: str) -> Response:
    """Redirect to the ``next`` parameter if it is a path of ours, otherwise to ``fallback``."""
    return redirect(local_path(request.values.get("next")) or fallback, code=303)
