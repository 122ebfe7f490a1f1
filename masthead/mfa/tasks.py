"""Emails about changes of second factors."""

from masthead.jobs import task
from masthead.mail import delivery, messages
from masthead.people import queries

#: Event → the sentence of the email.
EVENTS = {
    "app_added": "An authenticator app was added to your account.",
    "app_removed": "The authenticator app was removed from your account.",
    "passkey_added": "A passkey was added to your account.",
    "passkey_removed": "A passkey was removed from your account.",
    "codes_made": "New recovery codes were generated for your account; earlier codes no longer work.",
    "code_used": "Somebody signed in to your account with one of its recovery codes.",
    "reset": "Two-factor authentication of your account was reset: its authenticator app, passkeys and recovery codes do not work any more, and you are signed out everywhere.",
}


@task("accounts.tell_of_factor")
def notify_of_change(user_id: int, event: str) -> None:
    """Email the owner of an account about a change of its second factors, so that no foreign change goes unnoticed."""
    user = queries.get(user_id)
    if user.email:
        delivery.send(messages.compose("factor", recipient=user.email, event=EVENTS[event]))
