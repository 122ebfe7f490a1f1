"""The endpoints of the editor's script: autosaves, the working copy, and who else has the post open."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from pydantic import Field

from masthead import clock
from masthead.db import db
from masthead.people.access import current_user, requires, signed_in
from masthead.people.permissions import Permission
from masthead.posts.views.saving import editable
from masthead.posts.working_copy import autosaves, drafts, journal, leases, saves, shown
from masthead.posts.working_copy.autosaves import Autosave, KeptBeside, Saved
from masthead.posts.working_copy.models import CLIENT_CHARACTERS
from masthead.posts.working_copy.texts import WorkingText
from masthead.tags import actions as tags
from masthead.web import errors
from masthead.web.forms import json_bodies
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.forms.json_bodies import PageJson
from masthead.web.middleware import body_limits

bp = Blueprint("posts_desk_working_copy", __name__)


class SentText(PageJson):
    """The typed fields; those that are left out stay."""

    title: str | None = None
    summary: str | None = None
    body: str | None = None
    #: As in the form, separated by commas, or as a list.
    tags: str | list[str] | None = None
    slug: str | None = None

    def fields(self) -> dict[str, Any]:
        """Return the fields that were sent, as `masthead.posts.working_copy.texts.WorkingText` has them."""
        found: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("title", "summary", "body", "slug")
            if getattr(self, name) is not None
        }
        if self.tags is not None:
            names = self.tags if isinstance(self.tags, str) else ",".join(self.tags)
            found["tags"] = tags.parse(names)
        return found


class SentClient(PageJson):
    """The editor that sends something."""

    client: str = Field(min_length=1, max_length=CLIENT_CHARACTERS, pattern=r"^[!-~]+$")
    sequence: int = Field(default=0, ge=0, lt=2**53)


class SentAutosave(SentText, SentClient):
    """An autosave."""

    base_version: int = Field(ge=0, lt=2**53)


class SentNewPost(SentText):
    """The first autosave of a new post."""

    client: str = Field(default="", max_length=CLIENT_CHARACTERS, pattern=r"^[!-~]*$")
    sequence: int = Field(default=0, ge=0, lt=2**53)


class SentPresence(SentClient):
    """The heartbeat of an editor."""

    leaving: bool = False


@bp.put("/edit/<int:post_id>/working-copy")
@signed_in
@redisplays_expired_form
@body_limits.takes(body_limits.ARTICLE_BYTES)
def autosave(post_id: int) -> ResponseReturnValue:
    """Store what was typed in the working copy, merged with what others typed."""
    sent = json_bodies.read(SentAutosave)
    by, at = current_user(), clock.now()
    received = Autosave(sent.fields(), sent.base_version, sent.client, sent.sequence)
    result = autosaves.autosave(post_id, received, by=by, at=at)
    others = _others(post_id)
    db.session.commit()
    if isinstance(result, KeptBeside):
        return _kept(post_id, result)
    return jsonify(_saved(result) | {"others": others})


def _saved(result: Saved) -> dict[str, Any]:
    return {
        "saved_at": result.saved_at.isoformat(),
        "sequence": result.sequence,
        "version": result.version,
        "merged": result.text is not None,
        "text": _text(result.text) if result.text is not None else None,
        "has_working_copy": result.is_open,
    }


def _text(text: WorkingText) -> dict[str, Any]:
    return text.as_dict() | {"tags": ", ".join(text.tags)}


def _others(post_id: int) -> list[dict[str, str]]:
    found = leases.others(post_id, than=current_user(), at=clock.now())
    return [
        {
            "username": lease.user.username,
            "name": lease.user.display_name,
            "seen_at": lease.seen_at.isoformat(),
        }
        for lease in found
    ]


def _kept(post_id: int, result: KeptBeside) -> Response:
    url = url_for("posts_desk_conflicts.show", post_id=post_id)
    if result.theirs is None:
        reason = "This post is in the trash." if result.is_trashed else "You may not edit this post any more."
        return problem(
            403,
            f"{reason} Your text is kept, and you can copy it.",
            {"kept": True, "copy_url": url, "yours": _text(result.mine)},
        )
    return problem(
        409,
        "Somebody else changed the same words. Your text is kept: merge both.",
        {
            "kept": True,
            "merge_url": url,
            "version": result.version,
            "yours": _text(result.mine),
            "theirs": _text(result.theirs),
        },
    )


def problem(status: int, detail: str, members: dict[str, Any]) -> Response:
    """Return an error with more members (RFC 9457, section 3.2)."""
    response = errors.answer(HTTPStatus(status), detail)
    response.set_data(current_app.json.dumps(response.get_json() | members))
    return response


def create() -> Response:
    """Create the draft of a new post from its first autosave, and return its id."""
    sent = json_bodies.read(SentNewPost)
    by, at = current_user(), clock.now()
    post_id, result = drafts.begin(sent.fields(), client=sent.client, sequence=sent.sequence, by=by, at=at)
    db.session.commit()
    edit_url = url_for("posts_desk.edit", post_id=post_id)
    response = jsonify(_saved(result) | {"id": post_id, "edit_url": edit_url})
    response.status_code = 201
    response.headers["Location"] = edit_url
    return response


@bp.get("/edit/<int:post_id>/working-copy")
@requires(Permission.WRITE)
def show(post_id: int) -> ResponseReturnValue:
    """Return what an editor page shows now, with a fresh form token."""
    post = editable(post_id)
    copy = journal.copy_of(post_id)
    now = shown.now(post)
    is_open = copy is not None and copy.is_open
    return jsonify(
        _text(now.text)
        | {
            "version": now.version,
            "saved_at": (copy.changed_at if copy is not None and is_open else post.updated_at).isoformat(),
            "has_working_copy": is_open,
            "others": _others(post_id),
            "csrf_token": generate_csrf(),
        }
    )


@bp.delete("/edit/<int:post_id>/working-copy")
@requires(Permission.WRITE)
def delete(post_id: int) -> ResponseReturnValue:
    """Discard the working copy; its text stays in the history."""
    _discard(post_id)
    return "", 204


@bp.post("/edit/<int:post_id>/discard")
@requires(Permission.WRITE)
def discard(post_id: int) -> ResponseReturnValue:
    """Discard the working copy; its text stays in the history."""
    _discard(post_id)
    flash("The unpublished changes are discarded. You find them in the history.")
    return redirect(url_for("posts_desk.edit", post_id=post_id), code=303)


def _discard(post_id: int) -> None:
    key = journal.lock(post_id)
    editable(post_id)
    saves.discard(key, by=current_user(), at=clock.now())
    db.session.commit()


@bp.post("/edit/<int:post_id>/presence")
@requires(Permission.WRITE)
@redisplays_expired_form
def presence(post_id: int) -> ResponseReturnValue:
    """Renew or end the lease of an editor, and return who else has the post open."""
    sent = json_bodies.read(SentPresence)
    post = editable(post_id)
    if sent.leaving:
        leases.end(post_id, by=current_user(), client=sent.client)
    else:
        leases.renew(post_id, by=current_user(), client=sent.client, at=clock.now())
    copy, others = journal.copy_of(post_id), _others(post_id)
    version = journal.head_version(shown.key_of(post), copy)
    db.session.commit()
    return jsonify({"others": others, "version": version})
