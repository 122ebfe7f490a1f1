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


#: WTForms expects its own class here, which the published type stubs do not know yet.
choice: Any = vars(choices)["SelectChoice"]


def warn(sentences: Iterable[str]) -> None:
    """Flash the sentences as warnings on the next page."""
    for sentence in sentences:
        flash(sentence, "warning")


def trimmed(value: Any) -> Any:
    """Strip surrounding white space (a WTForms filter)."""
    return value.strip() if isinstance(value, str) else value


class TimeZoneField(SelectField):
    """An IANA time zone name; older aliases, which browsers and programs send, are accepted."""

    def __init__(self, label: str, *, empty: str | None = None, **kwargs: Any) -> None:
        super().__init__(label, choices=self._offered, validate_choice=False, **kwargs)
        self.empty = empty

    def _offered(self) -> list[Any]:
        names = time_zones.offered()
        more = [self.data] if self.data and self.data not in names else []
        nothing = [choice("", self.empty)] if self.empty is not None else []
        return [*nothing, *(choice(name, name.replace("_", " ")) for name in [*more, *names])]

    def pre_validate(self, form: object) -> None:
        """Normalise the name as IANA writes it, and refuse unknown ones; a missing field changes nothing."""
        if self.data is None or (not self.data and self.empty is not None):
            return
        try:
            self.data = time_zones.canonical(self.data)
        except ValueError:
            raise ValidationError("There is no such time zone. Choose one from the list.") from None


def time_zone_field(description: str, *, empty: str | None = None) -> TimeZoneField:
    """Make a time zone field; ``empty`` labels the choice of none, if that is allowed."""
    return TimeZoneField("Time zone", description=description, empty=empty)


class Form(FlaskForm):
    """A form that refuses text no database can store, and shows domain errors beside its fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "csrf_token" in self:
            # Ids must be unique, and a page can hold several forms, each with a token.
            self.csrf_token.render_kw = {"id": False}

    def validate(self, extra_validators: Any = None) -> bool:
        """Validate every field, and check that each text can be stored."""
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
        """Add an error to the form that belongs to no field."""
        g.form_has_errors = True
        self.form_errors.append(sentence)

    def show(self, error: DomainError) -> None:
        """Show an action's error beside its field, or on top of the form."""
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
        """Return the values of those of these fields that have no error."""
        return {name: self[name].data or "" for name in names if not self[name].errors}


def _is_clean(field: Field) -> bool:
    if not isinstance(field.data, str) or is_storable(field.data):
        return True
    field.data = field.data.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
    field.errors = [*field.errors, UNSTORABLE]
    return False
