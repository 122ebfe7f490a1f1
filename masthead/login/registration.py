"""Registration. The answer does not reveal whether the email address had an account already."""

from flask import g

from masthead import clock, jobs
from masthead.db import db
from masthead.login import one_time_links, passwords, tasks
from masthead.login.one_time_links import Purpose
from masthead.people import actions, queries
from masthead.people.errors import EmailTaken
from masthead.web.limits import throttling


def count_attempt() -> None:
    """Count the request against the registration limit; raises `LimitReached`."""
    throttling.count("registration", throttling.caller())
    g.registration_is_counted = True


def is_counted() -> bool:
    """Return True if this request was counted already."""
    return "registration_is_counted" in g


def register(*, username: str, email: str, password: str) -> str:
    """Create the account, or email the existing account with this address. Both queue one email. Raises `Invalid`.

    Returns the password hash in both cases, for `email_ownership.remember_registration`.
    """
    password_hash = passwords.hash_password(password, about=(username, email))
    is_free = throttling.is_free("letters", "registration", queries.email_key(email))
    try:
        user = actions.register(username=username, email=email, password_hash=password_hash, at=clock.now())
    except EmailTaken:
        owner = queries.by_email(email)
        if owner is not None and is_free:
            jobs.enqueue(tasks.notify_existing_account, owner.id)
        return password_hash
    token = one_time_links.create(Purpose.CONFIRM, user=user, email=user.email or "")
    db.session.flush()
    jobs.enqueue(tasks.send_link, token.id)
    return password_hash
