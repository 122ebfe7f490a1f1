"""Letters about accounts, written when they are sent: the secret of a link is never stored, not even in a job."""

from datetime import timedelta

from masthead import clock
from masthead.account_deletion import actions as deletion_actions
from masthead.db import db
from masthead.errors import NotFound
from masthead.jobs import periodic, task
from masthead.login import one_time_links, sessions
from masthead.login.links import link_of
from masthead.login.one_time_links import Purpose
from masthead.mail import delivery, letters
from masthead.mfa import passkeys
from masthead.people import queries
from masthead.people.models import AccountToken

TEMPLATES = {
    Purpose.CONFIRM: "confirm",
    Purpose.RESET: "reset",
    Purpose.INVITE: "invitation",
    Purpose.UNDO: "closing",
}
#: What a letter says of a second factor.
DEEDS = {
    "app_added": "An authenticator app was added to your account.",
    "app_removed": "The authenticator app was removed from your account.",
    "passkey_added": "A passkey was added to your account.",
    "passkey_removed": "A passkey was removed from your account.",
    "codes_made": "New recovery codes were generated for your account; earlier codes no longer work.",
    "code_used": "Somebody signed in to your account with one of its recovery codes.",
    "reset": "Two-factor authentication of your account was reset: its authenticator app, passkeys and recovery codes do not work any more, and you are signed out everywhere.",
}


@task("accounts.send_link", writes=True)
def send_link(token_id: int) -> None:
    """Send the link to the address that is stored for it; nothing, if it has been used or voided since."""
    token = one_time_links.waiting(token_id)
    recipient = _recipient(token)
    if token is None or not recipient:
        return
    purpose = Purpose(token.purpose)
    link = link_of(purpose, one_time_links.arm(token))
    letter = letters.compose(TEMPLATES[purpose], recipient=recipient, link=link)
    # The link must work when the letter arrives. If sending fails, the next attempt makes a new one.
    db.session.commit()
    delivery.send(letter)


def _recipient(token: AccountToken | None) -> str:
    """Where the letter goes: never to what somebody typed, but to the account's or the invitation's own address."""
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
def tell_of_registration(user_id: int) -> None:
    """Tell the owner of an address that somebody tried to register with it; the form says nothing of that."""
    user = queries.get(user_id)
    if user.email and user.is_active:
        delivery.send(letters.compose("registered_before", recipient=user.email))


@task("accounts.tell_of_factor")
def tell_of_factor(user_id: int, deed: str) -> None:
    """Tell somebody what happened to their second factor; whoever did it without them should not go unnoticed."""
    user = queries.get(user_id)
    if user.email:
        delivery.send(letters.compose("factor", recipient=user.email, deed=DEEDS[deed]))


@periodic("accounts.carry_out_closures", every=timedelta(hours=1), deletes=True)
def carry_out_closures() -> None:
    """Delete the accounts whose time to take it back is over, each in a transaction of its own."""
    now = clock.now()
    for user_id in db.session.scalars(deletion_actions.due(at=now)).all():
        deletion_actions.carry_out(user_id, at=now)
        db.session.commit()


@periodic("accounts.forget_ended", every=timedelta(hours=6), deletes=True)
def forget_ended() -> None:
    """Delete logins and links whose time is over."""
    now = clock.now()
    sessions.forget_ended(before=now - timedelta(days=1))
    one_time_links.forget_expired(before=now - timedelta(days=1))
    passkeys.forget_used()
    db.session.commit()
