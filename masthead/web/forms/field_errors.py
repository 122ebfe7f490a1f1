"""Telling people everything that is wrong with a form at once."""

from collections.abc import Callable, Iterable

from masthead.db import db
from masthead.errors import Invalid
from masthead.web.forms.base import Form


def show_others(form: Form, judge: Callable[[], Iterable[Invalid]]) -> None:
    """Show what ``judge`` finds beside the fields that have an error already; nothing of it is stored."""
    if form.meta.csrf and form.csrf_token.errors:
        # Sent from elsewhere, or too late: nothing of it is judged yet.
        return
    right = {field.short_name for field in form if not field.errors}
    known = {field.short_name for field in form}
    try:
        mistakes = list(judge())
    finally:
        # Judging may have made what the request would have stored.
        db.session.rollback()
    for mistake in mistakes:
        if mistake.field is None or mistake.field in right or mistake.field not in known:
            form.show(mistake)
