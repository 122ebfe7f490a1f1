"""Emails about accounts, composed when they are sent, so that the secret of a link is never stored in a job."""

from datetime import timedelta

from masthead import clock
from masthead.db import db
from masthead.errors import NotFound
from masthead.jobs import periodic, task
from masthead.login import one_time_links, sessions
from masthead.login.models import AccountToken
from masthead.login.one_time_links import Purpose, url_of
from masthead.mail import delivery, messages
from masthead.mfa import passkeys
from masthead.people import queries

TEMPLATES = {
    Purpose.CONFIRM: "confirm",
    Purpose.RESET: "reset",
    Purpose.INVITE: "invitation",
    Purpose.UNDO: "closing",
}


@task("accounts.send_link", writes=True)
def send_link(token_id: int) -> None:
    """Email a one-time link to its stored address, unless it is used or revoked meanwhile."""
    token = one_time_links.get_pending(token_id)
    recipient = _recipient(token)
    if token is None or not recipient:
        return
    purpose = Purpose(token.purpose)
    link = url_of(purpose, one_time_links.issue_secret(token))
    letter = messages.compose(TEMPLATES[purpose], recipient=recipient, link=link)
    # The link must work when the email arrives. If sending fails, the next attempt issues a new secret.
    db.session.commit()
    delivery.send(letter)


def _recipient(token: AccountToken | None) -> str:
    """Return the recipient: the stored address of the account or the invitation, never typed input."""
    if token is None:
        return ""
    if token.purpose != Purpose.RESET:
        return token.email
    try:
        user = queries.get(token.user_id or 0)
    except NotFound:
        return ""
    return (user.email or "") if user.is_active else ""


@task("accounts.tell_of_registration")
def notify_existing_account(user_id: int) -> None:
    """Email the owner of an address that somebody tried to register with it. The form does not reveal that."""
    user = queries.get(user_id)
    if user.email and user.is_active:
        delivery.send(messages.compose("registered_before", recipient=user.email))


@periodic("accounts.forget_ended", every=timedelta(hours=6), deletes=True)
def delete_expired() -> None:
    """Delete expired sessions, links and challenges."""
    now = clock.now()
    sessions.delete_expired(before=now - timedelta(days=1))
    one_time_links.delete_expired(before=now - timedelta(days=1))
    passkeys.delete_used_challenges()
    db.session.commit()
