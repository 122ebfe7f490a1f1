"""The reason that the sign-in page shows after a redirect."""

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from masthead.web import access

#: Endpoint → the reason; others get a general one. URLs are not shown, since a link could put any words into them.
REASONS = {
    "posts_desk.create": "Sign in to create a post.",
    "posts_desk.edit": "Sign in to edit this post.",
    "login.profile": "Sign in to continue to your profile.",
    "security.overview": "Sign in to continue to your sign-in settings.",
    "security.devices": "Sign in to continue to your devices.",
    "personal_tokens.index": "Sign in to continue to your API tokens.",
}
ADMINISTRATION = "Sign in to continue to the administration."
GENERAL = "Sign in to continue to the page that you asked for."


def reason_for(path: str | None) -> str:
    """Return the reason if the page at this path needs an account, or an empty string."""
    if path is None:
        return ""
    try:
        endpoint, _ = current_app.url_map.bind("localhost").match(path.partition("?")[0], method="GET")
    except (HTTPException, RequestRedirect):
        return ""
    if getattr(current_app.view_functions[endpoint], access.ATTRIBUTE, access.PUBLIC) == access.PUBLIC:
        return ""
    fallback = ADMINISTRATION if path.startswith("/admin") else GENERAL
    return REASONS.get(endpoint, fallback)
