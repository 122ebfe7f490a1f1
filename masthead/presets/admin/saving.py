"""The common steps of the pages of both."""

from masthead.db import db
from masthead.errors import Conflict, DomainError, Invalid
from masthead.people.access import current_user
from masthead.presets import actions, queries
from masthead.presets.forms import PresetForm
from masthead.presets.models import P
from masthead.web.forms.field_errors import show_others


def created(model: type[P], form: PresetForm) -> P | None:
    """Return the new template or snippet; None if the form has errors, which it shows."""
    made = None
    if form.validate():
        try:
            made = actions.create(model, form.said(), by=current_user())
        except DomainError as error:
            _refuse(form, error)
    if made is None:
        show_others(form, lambda: actions.validate(model, form.said(), None))
    return made


def is_changed(preset: P, form: PresetForm) -> bool:
    """Change a template or snippet; False if the form has errors, which it shows."""
    model, preset_id = type(preset), preset.id
    if form.validate():
        try:
            actions.change(preset, form.said(), by=current_user(), expected_version=form.seen_version)
        except DomainError as error:
            _refuse(form, error)
            if not isinstance(error, Invalid):
                # The form keeps its text; saving again replaces the other person's.
                form.version.data = str(queries.get(model, preset_id).version)
        else:
            return True
    show_others(form, lambda: actions.validate(model, form.said(), queries.get(model, preset_id)))
    return False


def _refuse(form: PresetForm, error: DomainError) -> None:
    db.session.rollback()
    is_taken = type(error) is Conflict
    form.show(Invalid(error.message, field="name") if is_taken else error)
