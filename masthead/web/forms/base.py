"""The base of every HTML form."""

from collections.abc import Iterable
from typing import Any

from flask import flash, g
from flask_wtf import FlaskForm
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms.fields import choices
from wtforms.validators import ValidationError

from masthead import time_zones
from masthead.errors import DomainError, Invalid
from masthead.text.plain import is_storable
from masthead.web.forms.csrf_protection import redisplays_expired_form

__all__ = ["Form", "redisplays_expired_form", "time_zone_field", "trimmed", "warn"]

EXPIRED = "Your session expired. Nothing is lost: check your text, and send it again."
UNSTORABLE = (
    "This text held characters that cannot be stored. They have been removed; check it, and send it again."
)


#: WTForms wants its own class here; the published types do not know it yet.
choice: Any = vars(choices)["SelectChoice"]


def warn(sentences: Iterable[str]) -> None:
    """Show them on the next page, as warnings."""
    for sentence in sentences:
        flash(sentence, "warning")


def trimmed(value: Any) -> Any:
    """A WTForms filter: without the white space around it."""
    return value.strip() if isinstance(value, str) else value


class TimeZoneField(SelectField):
    """The name of a time zone: one of the list, or an older name, which browsers and programs know too."""

    def __init__(self, label: str, *, empty: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, choices=self._offered, validate_choice=False, **kwargs)
        self.empty = empty

    def _offered(self) -> list[Any]:
        names = time_zones.offered()
        more = [self.data] if self.data and self.data not in names else []
        nothing = [choice("", self.empty)] if self.empty is not None else []
        return [*nothing, *(choice(name, name.replace("_", " ")) for name in [*more, *names])]

    def pre_validate(self, form: object) -> None:
        """Write the name as IANA does, and refuse others; a form without the field changes nothing."""
        if self.data is None or (not self.data and self.empty is not None):
            return
        try:
            self.data = time_zones.canonical(self.data)
        except ValueError:
            raise ValidationError("There is no such time zone. Choose one from the list.") from None


def time_zone_field(description: str, *, empty: str | None = None) -> TimeZoneField:
    """The field for a time zone; ``empty`` says what it means to choose none, if one can."""
    return TimeZoneField("Time zone", description=description, empty=empty)


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
        if not valid:
            g.form_has_errors = True
        if not valid and self.meta.csrf and self.csrf_token.errors:
            flash(EXPIRED, "warning")
        return valid

    def refuse(self, sentence: str) -> None:
        """Put a sentence on top of the form, which belongs to no field."""
        g.form_has_errors = True
        self.form_errors.append(sentence)

    def show(self, error: DomainError) -> None:
        """Put the error of an action beside its field, or on top of the form."""
        g.form_has_errors = True
        for one in error.each if isinstance(error, Invalid) else (error,):
            self._show_one(one)

    def _show_one(self, error: DomainError) -> None:
        name = error.field if isinstance(error, Invalid) else None
        field = self._fields.get(name or "")
        if field is None:
            if error.message not in self.form_errors:
                self.refuse(error.message)
        elif error.message not in field.errors:
            field.errors = [*field.errors, error.message]

    def right(self, *names: str) -> dict[str, Any]:
        """The values of these fields, as far as nothing is wrong with them yet."""
        return {name: self[name].data or "" for name in names if not self[name].errors}


def _is_clean(field: Field) -> bool:
    if not isinstance(field.data, str) or is_storable(field.data):
        return True
    field.data = field.data.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    field.errors = [*field.errors, UNSTORABLE]
    return False
