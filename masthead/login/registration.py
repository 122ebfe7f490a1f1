"""Making an account, or writing to the one that has the address already: nobody learns which of the two happened."""

from flask import g

from masthead import clock, jobs
from masthead.db import db
from masthead.login import one_time_links, passwords, tasks
from masthead.login.one_time_links import Purpose
from masthead.people import actions, queries
from masthead.people.errors import EmailTaken
from masthead.web.limits import throttling


def count_attempt() -> None:
    """Count the request among those that make accounts; raises `LimitReached`."""
    throttling.count("registration", throttling.caller())
    g.registration_is_counted = True


def is_counted() -> bool:
    """True if this request was counted already."""
    return "registration_is_counted" in g


def register(*, username: str, email: str, password: str) -> str:
    """Make the account, or write to the one that has this address; both queue one letter. Raises `Invalid`.

    The answer is the hash of the password, whoever's it is; `ownership.remember_registration` takes it.
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
