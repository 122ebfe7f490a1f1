"""Why somebody was sent to the page for signing in, in words."""

from flask import current_app
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from masthead.web import access

#: Endpoint → the reason; the others get a general one. An address is never shown: a link could put any words into it.
REASONS = {
    "posts_desk.create": "Sign in to create a post.",
    "posts_desk.edit": "Sign in to edit this post.",
    "accounts.profile": "Sign in to continue to your profile.",
    "security.overview": "Sign in to continue to your sign-in settings.",
    "security.devices": "Sign in to continue to your devices.",
    "personal_tokens.index": "Sign in to continue to your API tokens.",
}
ADMINISTRATION = "Sign in to continue to the administration."
GENERAL = "Sign in to continue to the page that you asked for."


def reason_for(path: str | None) -> str:
    """The reason, if the page with this address is for people with an account alone; otherwise nothing."""
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
