"""The privacy page: users export their personal data and delete their account."""

from flask import Blueprint, Response, current_app, flash, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead import audit, clock, jobs
from masthead.account_deletion import actions, content_policy, personal_data
from masthead.account_deletion.content_policy import ContentPolicy
from masthead.account_deletion.forms import ButtonForm, DeletionRequestForm
from masthead.db import db
from masthead.errors import Conflict, Invalid, NotFound
from masthead.login import action_labels, authentication, one_time_links, session_auth, tasks
from masthead.login import actions as login_actions
from masthead.login.one_time_links import Purpose, url_of
from masthead.mail import delivery
from masthead.people import queries
from masthead.people.access import current_user, signed_in
from masthead.people.reauthentication import requires_reauthentication
from masthead.web.access import public
from masthead.web.forms.base import redisplays_expired_form

bp = Blueprint("account_deletion", __name__)
bp.record_once(lambda _state: action_labels.add_fields(content_policy.FIELD_LABELS))


@bp.get("/privacy")
@signed_in
def overview() -> ResponseReturnValue:
    """Show the privacy page."""
    return _page(_form(fresh=True), 200)


@bp.post("/privacy/download")
@signed_in
@requires_reauthentication
def download() -> ResponseReturnValue:
    """Export one's own personal data, as JSON or HTML."""
    user = queries.get(current_user().id)
    sections = personal_data.collect(user)
    at = clock.now()
    is_json = request.form.get("format") != "html"
    if is_json:
        record = {section.name: section.rows for section in sections}
        body = json.dumps(
            {"site": current_app.config["SITE_URL"], "made_at": at.isoformat(), **record}, indent=2
        )
    else:
        body = render_template("accounts/personal_data.html", user=user, sections=sections, at=at)
    audit.record("account.exported", by=user, subject=user.username)
    db.session.commit()
    extension = "json" if is_json else "html"
    return Response(
        body,
        mimetype="application/json" if is_json else "text/html",
        headers={
            "Content-Disposition": f'attachment; filename="personal-data.{extension}"',
            "Cache-Control": "no-store",
        },
    )


@bp.post("/privacy/close")
@signed_in
@requires_reauthentication
@redisplays_expired_form
def close() -> ResponseReturnValue:
    """Request the deletion of one's account, with a grace period of 14 days."""
    form = _form()
    if not form.validate():
        return _page(form, 422)
    try:
        link = _close(form)
    except (Invalid, Conflict) as error:
        db.session.rollback()
        form.show(error)
        return _page(_chosen(form), 422)
    db.session.commit()
    page = render_template("accounts/closed.html", link=link, mail_is_on=delivery.is_on())
    return page, {"Cache-Control": "no-store"}


def _close(form: DeletionRequestForm) -> str:
    """Request the deletion and sign out; return the undo link if mail is off."""
    user = queries.get(current_user().id)
    token = actions.request_deletion(
        user,
        posts=ContentPolicy(form.posts.data),
        comments=ContentPolicy(form.comments.data),
        heir=form.heir.data or "",
        at=clock.now(),
    )
    session_auth.sign_out()
    db.session.flush()
    if delivery.is_on():
        jobs.enqueue(tasks.send_link, token.id)
        return ""
    return url_of(Purpose.UNDO, one_time_links.issue_secret(token))


@bp.get("/undo/<token>")
@public
def undo(token: str) -> ResponseReturnValue:
    """Show the form that cancels the deletion."""
    authentication.token_with(Purpose.UNDO, token)
    return render_template("accounts/undo.html", form=ButtonForm())


@bp.post("/undo/<token>")
@public
@redisplays_expired_form
def keep(token: str) -> ResponseReturnValue:
    """Cancel the deletion of the account."""
    authentication.token_with(Purpose.UNDO, token)
    form = ButtonForm()
    if not form.validate():
        return render_template("accounts/undo.html", form=form), 422
    used = one_time_links.consume(Purpose.UNDO, token)
    if not login_actions.cancel_deletion(used.user_id or 0):
        raise NotFound(one_time_links.INVALID)
    db.session.commit()
    flash("Your account stays. Sign in as before.")
    return redirect(url_for("login.login"), code=303)


def _form(*, fresh: bool = False) -> DeletionRequestForm:
    return _chosen(DeletionRequestForm(formdata=None) if fresh else DeletionRequestForm())


def _chosen(form: DeletionRequestForm) -> DeletionRequestForm:
    recipients = actions.possible_recipients(current_user())
    form.heir.choices = [
        ("", "Nobody yet"),
        *((person.username, person.display_name) for person in recipients),
    ]
    return form


def _page(form: DeletionRequestForm, status: int) -> ResponseReturnValue:
    page = render_template("accounts/privacy.html", form=form, user=current_user())
    return page, status
