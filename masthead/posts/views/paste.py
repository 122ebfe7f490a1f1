"""Converts rich text that is pasted into the editor."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from masthead.people.access import requires
from masthead.people.permissions import Permission
from masthead.text.pasting.rich_text import markdown_of
from masthead.web.forms import json_bodies
from masthead.web.forms.base import redisplays_expired_form
from masthead.web.forms.json_bodies import PageJson
from masthead.web.middleware import body_limits

bp = Blueprint("posts_desk_paste", __name__)


class SentHtml(PageJson):
    """The rich text of a clipboard."""

    html: str


@bp.post("/paste")
@requires(Permission.WRITE)
@redisplays_expired_form
@body_limits.takes(body_limits.ARTICLE_BYTES)
def convert() -> ResponseReturnValue:
    """Return a pasted rich text as Markdown; empty if it is too large for that."""
    return jsonify({"markdown": markdown_of(json_bodies.read(SentHtml).html)})
