"""Labels of submitted fields, recovered from their names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, TextAreaField
from wtforms.fields.core import UnboundField

from masthead.web.forms.fields import SHOWN

Fields: TypeAlias = "dict[str, UnboundField[Any]]"

#: Labels of the fields in forms of buttons, which have no form class.
CARRIED = frozenset({"action", "next", "sealed", "version", "mark", "kept_form"})
#: Longer texts are shown in a textarea.
LINE_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class SentField:
    """A submitted field and its presentation."""

    name: str
    value: str
    label: str
    is_hidden: bool
    is_box: bool
    is_long: bool


def described(pairs: Iterable[tuple[str, str]], *, module: str) -> list[SentField]:
    """Label the submitted fields and drop passwords; ``module`` is the module of the view that the form was sent to."""
    sent = list(pairs)
    fields = _likely_fields({name for name, _ in sent}, module)
    return [
        _shown(name, value, fields.get(name))
        for name, value in sent
        if name not in fields or not _is_a(fields[name], PasswordField)
    ]


def _shown(name: str, value: str, field: "UnboundField[Any] | None") -> SentField:
    is_carried = name in CARRIED or name.endswith(("_id", SHOWN))
    return SentField(
        name,
        value,
        _label(field) or name.replace("_", " ").capitalize(),
        is_hidden=_is_a(field, HiddenField) if field else is_carried,
        is_box=_is_a(field, BooleanField) if field else value == "y",
        is_long=len(value) > LINE_CHARACTERS or "\n" in value or _is_a(field, TextAreaField),
    )


def _label(field: "UnboundField[Any] | None") -> str:
    if field is None:
        return ""
    return str(field.args[0] if field.args else field.kwargs.get("label") or "")


def _is_a(field: "UnboundField[Any] | None", kind: type) -> bool:
    return field is not None and issubclass(field.field_class, kind)


def _likely_fields(names: set[str], module: str) -> Fields:
    """Return the fields of the form class that best matches these names; of several, prefer the package of the view."""
    package = module.split(".")[:2]

    def likeness(form: type[FlaskForm]) -> tuple[int, bool, int]:
        fields = _fields(form)
        known = names & fields.keys()
        return len(known), form.__module__.split(".")[:2] == package, -len(fields.keys() - known)

    likely = max(_forms(FlaskForm), key=likeness, default=FlaskForm)
    return _fields(likely) if likeness(likely)[0] else {}


def _fields(form: type[FlaskForm]) -> Fields:
    found = ((name, getattr(form, name)) for name in dir(form) if not name.startswith("_"))
    return {name: value for name, value in found if isinstance(value, UnboundField)}


def _forms(base: type[FlaskForm]) -> Iterator[type[FlaskForm]]:
    for form in base.__subclasses__():
        yield form
        yield from _forms(form)
