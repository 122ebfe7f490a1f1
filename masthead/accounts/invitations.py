"""Inviting somebody: one way for the page and for programs. Nothing here commits."""

from flask import current_app

from masthead import jobs
from masthead.accounts import actions, queries, tasks, tokens
from masthead.accounts.links import link_of
from masthead.accounts.models import Role, User
from masthead.accounts.tokens import Purpose
from masthead.db import db
from masthead.errors import NotAllowed
from masthead.mail import delivery
from masthead.web import limits


def check_open() -> None:
    """Raise `NotAllowed` where nobody can be invited."""
    if current_app.config["REGISTRATION"] == "closed":
        raise NotAllowed("This publication takes no new accounts. The setting REGISTRATION decides that.")


def invite(email: str, role: Role, *, by: User) -> str:
    """The link of an invitation, which a letter carries as well where mail is on."""
    token = actions.invite(email, role, by=by)
    db.session.flush()
    if delivery.is_on() and limits.is_free("letters", queries.email_key(token.email)):
        # The letter makes a secret of its own, which would void the one that is shown.
        copy = tokens.prepare(Purpose.INVITE, email=token.email, role=role)
        db.session.flush()
        jobs.enqueue(tasks.send_link, copy.id)
    return link_of(Purpose.INVITE, tokens.arm(token))
