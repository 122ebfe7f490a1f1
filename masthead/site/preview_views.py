"""Pages of posts as readers would see them: for their writers, and behind a secret link."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from masthead import clock
from masthead.db import db, transactions
from masthead.errors import Invalid
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.posts import queries
from masthead.posts.models import Post
from masthead.posts.permissions import check_editable
from masthead.posts.previews import links, rendered
from masthead.posts.previews.models import PreviewLink
from masthead.posts.working_copy import shown
from masthead.site import articles
from masthead.web.access import public
from masthead.web.limits import throttling
from masthead.web.middleware import body_limits
from masthead.web.middleware.security_headers import allow_players

bp = Blueprint("previews", __name__)


@bp.get("/blog/edit/<int:post_id>/preview")
@requires(Permission.WRITE)
def own(post_id: int) -> ResponseReturnValue:
    """Show the working copy of a post as readers would see it."""
    post = queries.get(post_id)
    check_editable(post, current_user(), refusal="Only an editor can preview this post now.")
    return _page(post, None)


@bp.get("/preview/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    """Show the working copy of a post to somebody with a secret link."""
    link = links.opened(token, at=clock.now())
    return _page(queries.get(link.post_id), link)


@bp.post("/preview/<token>")
@public
@body_limits.takes(body_limits.LONG_FORM_BYTES)
def note(token: str) -> ResponseReturnValue:
    """Leave a note for the writers of a preview."""
    name, body = request.form.get("name", ""), request.form.get("body", "")
    throttling.count("comment", throttling.caller())
    link = links.opened(token, at=clock.now())
    try:
        links.leave_note(link, name=name, body=body.replace("\r\n", "\n"), at=clock.now())
    except Invalid as error:
        db.session.rollback()
        # The article may be long, and nobody should wait for it to write.
        with transactions(may_write=False):
            link = links.opened(token, at=clock.now())
            page = _page(queries.get(link.post_id), link, message=error.message, typed=(name, body))
            db.session.rollback()
        page.status_code = 422
        return page
    db.session.commit()
    flash("Your note is with the writers.")
    return redirect(url_for("previews.show", token=token), code=303)


def _page(
    post: Post,
    link: PreviewLink | None,
    *,
    message: str | None = None,
    typed: tuple[str, str] = ("", ""),
) -> Response:
    article = articles.of(rendered.with_text(post, shown.now(post).text), is_preview=True)
    allow_players(article.text)
    page = render_template(
        "site/preview.html",
        article=article,
        link=link,
        message=message,
        typed=typed,
    )
    response = make_response(page)
    # A secret link is never kept and never indexed; the policy for referrers keeps it from other sites.
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
