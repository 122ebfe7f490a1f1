"""Making an account, or writing to the one that has the address already: nobody learns which of the two happened."""

from masthead import clock, jobs
from masthead.accounts import actions, passwords, queries, tasks, tokens
from masthead.accounts.errors import EmailTaken
from masthead.accounts.tokens import Purpose
from masthead.db import db
from masthead.web import limits


def register(*, username: str, email: str, password: str) -> None:
    """Make the account, or write to the one that has this address; both queue one letter. Raises `Invalid`."""
    password_hash = passwords.hash_password(password, about=(username, email))
    try:
        user = actions.register(username=username, email=email, password_hash=password_hash, at=clock.now())
    except EmailTaken:
        owner = queries.by_email(email)
        if owner is not None and limits.is_free("letters", queries.email_key(email)):
            jobs.enqueue(tasks.tell_of_registration, owner.id)
        return
    limits.is_free("letters", queries.email_key(email))
    token = tokens.prepare(Purpose.CONFIRM, user=user, email=user.email or "")
    db.session.flush()
    jobs.enqueue(tasks.send_link, token.id)
