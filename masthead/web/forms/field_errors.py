"""Collecting all errors of a form at once."""

from collections.abc import Callable, Iterable

from masthead.db import db
from masthead.errors import Invalid
from masthead.web.forms.base import Form


def show_others(form: Form, validator: Callable[[], Iterable[Invalid]]) -> None:
    """Show the domain errors that ``validator`` finds beside the existing ones; its changes are rolled back."""
    if form.meta.csrf and form.csrf_token.errors:
        # The request is forged or its token has expired, so the fields were not validated.
        return
    right = {field.short_name for field in form if not field.errors}
    known = {field.short_name for field in form}
    try:
        mistakes = list(validator())
    finally:
        # The checks may have added the rows that the request would have stored.
        db.session.rollback()
    for mistake in mistakes:
        if mistake.field is None or mistake.field in right or mistake.field not in known:
            form.show(mistake)
