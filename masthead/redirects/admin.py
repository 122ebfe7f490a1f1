"""Redirects for administrators: list, create and delete."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from masthead.db import db, paginate
from masthead.errors import Conflict, Invalid
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.redirects import changing
from masthead.redirects.models import PATH_CHARACTERS
from masthead.settings.navigation import ADDRESS_CHARACTERS
from masthead.web.forms.base import Form, redisplays_expired_form, trimmed
from masthead.web.forms.field_errors import show_others
from masthead.web.paging import page_number

bp = Blueprint("redirects_admin", __name__)

REDIRECTS_PER_PAGE = 50
TOO_LONG = "An address has at most %(max)d characters."


class RedirectForm(Form):
    """An old path and its target."""

    path = StringField(
        "Old address",
        [DataRequired("Write the path of the old address."), Length(max=PATH_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description="A path of this site, like /2019/ferry.html.",
    )
    url = StringField(
        "Leads to",
        [DataRequired("Write where it leads."), Length(max=ADDRESS_CHARACTERS, message=TOO_LONG)],
        [trimmed],
        description="A path of this site, or an address with https:// or http://.",
    )


@bp.get("")
@requires(Permission.MANAGE_SETTINGS)
def index() -> ResponseReturnValue:
    """List all redirects, or those that contain the search text."""
    return _list(RedirectForm(formdata=None))


@bp.post("")
@requires(Permission.MANAGE_SETTINGS)
@redisplays_expired_form
def create() -> ResponseReturnValue:
    """Create a redirect."""
    form = RedirectForm()
    if form.validate():
        try:
            made = changing.make(form.path.data or "", form.url.data or "", by=current_user())
        except (Invalid, Conflict) as error:
            db.session.rollback()
            form.show(error if isinstance(error, Invalid) else Invalid(error.message, field="path"))
        else:
            db.session.commit()
            flash(f"Redirect created: {made.path} leads to {made.target_url}.")
            return redirect(url_for("redirects_admin.index"), code=303)
    show_others(form, lambda: changing.validate(form.right("path", "url")))
    return _list(form), 422


@bp.post("/<int:redirect_id>/delete")
@requires(Permission.MANAGE_SETTINGS)
def delete(redirect_id: int) -> ResponseReturnValue:
    """Delete a redirect."""
    found = changing.get(redirect_id)
    path = found.path
    changing.remove(found, by=current_user())
    db.session.commit()
    flash(f"Redirect removed: {path}.")
    return redirect(url_for("redirects_admin.index"), code=303)


def _list(form: RedirectForm) -> str:
    wanted = request.args.get("q", "").strip()
    page = paginate(changing.elsewhere(wanted), page=page_number(), per_page=REDIRECTS_PER_PAGE)
    return render_template("admin/redirects.html", form=form, page=page, wanted=wanted)
