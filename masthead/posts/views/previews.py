"""Previews for the editor's script, and the page of a post's preview links."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead import clock
from masthead.db import db, transactions
from masthead.errors import Invalid
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.posts import checks
from masthead.posts.permissions import can_edit
from masthead.posts.previews import links, rendered
from masthead.posts.previews.rendered import Preview
from masthead.posts.views.saving import editable
from masthead.posts.working_copy.texts import WorkingText
from masthead.web.forms import json_bodies
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.forms.json_bodies import PageJson
from masthead.web.links import absolute_url
from masthead.web.middleware import body_limits

bp = Blueprint("posts_desk_previews", __name__)


class SentPreview(PageJson):
    """A text to render."""

    title: str = ""
    summary: str = ""
    body: str


@bp.post("/preview")
@requires(Permission.WRITE)
@redisplays_expired_form
@body_limits.takes(body_limits.ARTICLE_BYTES)
def preview() -> ResponseReturnValue:
    """Render a text as its page would show it; stores nothing."""
    sent = json_bodies.read(SentPreview)
    # Nothing is stored, so nobody waits for the write lock.
    with transactions(may_write=False):
        done = rendered.preview(WorkingText(sent.title, sent.summary, sent.body))
        members = members_of(done)
        db.session.rollback()
    return jsonify(members)


def members_of(done: Preview) -> dict[str, Any]:
    """Return the members of the answer."""
    blocking = checks.blocking()
    return {
        "html": done.html,
        "words": done.words,
        "reading_minutes": done.reading_minutes,
        "warnings": list(done.warnings),
        "checks": [
            {
                "check": finding.check,
                "level": checks.level_of(finding, blocking),
                "message": finding.message,
            }
            for finding in done.findings
        ],
    }


@bp.get("/edit/<int:post_id>/preview-links")
@requires(Permission.WRITE)
def index(post_id: int) -> ResponseReturnValue:
    """List the preview links of a post, and the notes of their visitors."""
    post = editable(post_id)
    found = db.session.scalars(links.of_post(post_id, at=clock.now())).all()
    urls = {link.id: absolute_url("previews.show", token=links.token_of(link)) for link in found}
    notes = db.session.scalars(links.notes_on(post_id)).all()
    closed = {link.id for link in found if not can_edit(link.created_by, post)}
    return render_template(
        "posts/preview_links.html",
        post=post,
        links=found,
        urls=urls,
        closed=closed,
        notes=notes,
        days=links.DAYS,
    )


@bp.post("/edit/<int:post_id>/preview-links")
@requires(Permission.WRITE)
def create(post_id: int) -> ResponseReturnValue:
    """Create a preview link."""
    days = request.form.get("days", "").strip() or str(links.DAYS)
    if not (days.isascii() and days.isdigit() and len(days) < 5):
        raise Invalid("Enter the number of days.", field="days")
    post = editable(post_id)
    takes_notes = bool(request.form.get("allow_notes"))
    links.create(post, by=current_user(), at=clock.now(), days=int(days), takes_notes=takes_notes)
    db.session.commit()
    flash("The preview link is ready. Whoever has it sees this post.")
    return redirect(url_for("posts_desk_previews.index", post_id=post_id), code=303)


@bp.post("/edit/<int:post_id>/preview-links/<int:link_id>/revoke")
@requires(Permission.WRITE)
def revoke(post_id: int, link_id: int) -> ResponseReturnValue:
    """End a preview link at once."""
    links.revoke(editable(post_id), link_id, by=current_user())
    db.session.commit()
    flash("The preview link no longer works.")
    return redirect(url_for("posts_desk_previews.index", post_id=post_id), code=303)
