"""The front page of the administration, and the settings of the publication.

Every other section belongs to the feature that it administers. The settings live a floor below accounts, where no page
could ask for a permission, so theirs is here.
"""

from typing import NamedTuple

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from masthead.admin import navigation, queries
from masthead.admin.forms import SettingsForm
from masthead.db import db
from masthead.errors import Invalid
from masthead.media.uploads.portraits import check_picture, note_pictures
from masthead.people.access import current_user, requires, requires_any
from masthead.people.models import User
from masthead.people.permissions import OPENS_ADMINISTRATION, Permission
from masthead.posts.lifecycle import State
from masthead.settings import actions as settings
from masthead.settings.queries import publication
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.middleware import body_limits

bp = Blueprint("admin", __name__)
settings_bp = Blueprint("settings_admin", __name__)


class OverviewFigure(NamedTuple):
    """A number and the link to its list."""

    label: str
    value: int
    url: str


@bp.get("/")
@requires_any(OPENS_ADMINISTRATION)
def overview() -> ResponseReturnValue:
    """Show the counts of waiting work and a link to each section."""
    user = current_user()
    return render_template(
        "admin/overview.html", figures=_figures(user), places=navigation.administration_of(user)
    )


def _figures(user: User) -> list[OverviewFigure]:
    """Return the counts that the person may see; one query for all permissions."""
    counts = queries.workload()
    figures = []
    if user.can(Permission.MODERATE):
        figures.append(
            OverviewFigure("Comments waiting", counts.comments_waiting, url_for("comments_admin.queue"))
        )
    if user.can(Permission.EDIT_POSTS):
        for label, count, state in (
            ("In review", counts.in_review, State.IN_REVIEW),
            ("Scheduled", counts.scheduled, State.SCHEDULED),
            ("Drafts", counts.drafts, State.DRAFT),
            ("Published", counts.published, State.PUBLISHED),
        ):
            url = url_for("posts_admin.index", state=state)
            figures.append(OverviewFigure(label, count, url))
    if user.can(Permission.MANAGE_USERS):
        figures.append(OverviewFigure("Accounts", counts.accounts, url_for("user_admin.index")))
    return figures


def _check_pictures(form: SettingsForm) -> None:
    """Raise `Invalid` for addresses that are not those of pictures in the library."""
    for field in (form.logo, form.icon):
        present = getattr(publication(), field.name)
        check_picture(field.data, present=present, field=field.name, by=current_user())


@settings_bp.get("")
@requires(Permission.MANAGE_SETTINGS)
def edit() -> ResponseReturnValue:
    """The settings, as a form."""
    return render_template("settings/edit.html", form=SettingsForm.of(publication()))


@settings_bp.post("")
@requires(Permission.MANAGE_SETTINGS)
@redisplays_expired_form
@body_limits.takes(body_limits.LONG_FORM_BYTES)
def save() -> ResponseReturnValue:
    """Change the settings."""
    # A field that the request omits keeps its stored value.
    form = SettingsForm.of(publication())
    is_right = form.validate()
    try:
        if is_right:
            _check_pictures(form)
            settings.change(current_user(), **form.settings())
            note_pictures(form.settings())
        elif not form.title.errors:
            settings.check_title(form.title.data)
    except Invalid as error:
        db.session.rollback()
        form.show(error)
        is_right = False
    if not is_right:
        return render_template("settings/edit.html", form=form), 422
    db.session.commit()
    flash("Settings saved.")
    return redirect(url_for("settings_admin.edit"), code=303)
