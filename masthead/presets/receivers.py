"""Signal receivers that name the post templates and snippets that show a file."""

from typing import Any, Final

from flask import url_for
from sqlalchemy import select

from masthead.db import db
from masthead.media.signals import Use, UsesToDescribe
from masthead.people.permissions import Permission
from masthead.presets.models import PostTemplate, Preset, Snippet

_MODELS: Final[dict[str, type[Preset]]] = {model.EVENTS: model for model in (PostTemplate, Snippet)}
#: The page of one, and the name of its id there.
_PAGES: Final = {
    PostTemplate.EVENTS: ("post_templates_admin.edit", "template_id"),
    Snippet.EVENTS: ("snippets_admin.edit", "snippet_id"),
}


def describe_uses_in_presets(question: UsesToDescribe) -> None:
    """Name the post templates and snippets that show a file, to people who may change them."""
    model = _MODELS.get(question.kind)
    if model is None or not question.reader.can(Permission.EDIT_POSTS):
        return
    found = db.session.scalars(select(model).where(model.id.in_(question.object_ids)).order_by(model.id))
    endpoint, argument = _PAGES[question.kind]
    for row in found:
        values: dict[str, Any] = {argument: row.id}
        title = f"{model.KIND.capitalize()} “{row.name}”"
        question.uses.append(Use(question.kind, row.id, title, url_for(endpoint, **values)))
