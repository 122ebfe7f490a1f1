"""The base of every HTML form."""

from typing import Any

from flask import flash
from flask_wtf import FlaskForm
from wtforms import Field, StringField, TextAreaField

from masthead.errors import DomainError, Invalid
from masthead.text.plain import is_storable
from masthead.web.expired_forms import redisplays_expired_form

__all__ = ["Form", "redisplays_expired_form", "trimmed"]

EXPIRED = "This form was open for too long. Nothing is lost: check your text, and send it again."
UNSTORABLE = (
    "This text held characters that cannot be stored. They have been removed; check it, and send it again."
)


def trimmed(value: Any) -> Any:
    """A WTForms filter: without the white space around it."""
    return value.strip() if isinstance(value, str) else value


class Form(FlaskForm):
    """A form that refuses what no database can store, and can show a domain error beside its field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "csrf_token" in self:
            # A page can hold several forms, each with its token, and an id may occur once.
            self.csrf_token.render_kw = {"id": False}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and that each text can be stored."""
        valid = super().validate(extra_validators)
        for field in self:
            if isinstance(field, StringField | TextAreaField) and not _is_clean(field):
                valid = False
        if not valid and self.meta.csrf and self.csrf_token.errors:
            flash(EXPIRED, "warning")
        return valid

    def show(self, error: DomainError) -> None:
        """Put the error of an action beside its field, or on top of the form."""
        name = error.field if isinstance(error, Invalid) else None
        field = self._fields.get(name or "")
        if field is None:
            self.form_errors.append(error.message)
        else:
            field.errors = [*field.errors, error.message]


def _is_clean(field: Field) -> bool:
    if field.data is None or is_storable(field.data):
        return True
    field.data = field.data.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    field.errors = [*field.errors, UNSTORABLE]
    return False
