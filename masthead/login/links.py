"""The addresses behind links that work once."""

from masthead.login.one_time_links import Purpose
from masthead.web.links import absolute_url

ENDPOINTS = {
    Purpose.CONFIRM: "recovery.confirm",
    Purpose.RESET: "recovery.reset",
    Purpose.INVITE: "invitations.accept",
    Purpose.UNDO: "privacy.undo",
}


def link_of(purpose: Purpose, secret: str) -> str:
    """The absolute address for a letter, a terminal or an administrator's page."""
    return absolute_url(ENDPOINTS[purpose], token=secret)
