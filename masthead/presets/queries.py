"""Queries for post templates and snippets."""

from sqlalchemy import Select, or_, select

from masthead.db import db
from masthead.errors import NotFound
from masthead.presets.models import P
from masthead.text.names import name_key
from masthead.text.plain import is_storable


def matching(model: type[P], words: str = "") -> Select[P]:
    """Select those whose name or content contains these words, by name; all of them without words."""
    found = select(model).order_by(model.key)
    if not words.strip() or not is_storable(words):
        return found
    is_named = model.key.contains(name_key(words), autoescape=True)
    return found.where(or_(is_named, model.body.icontains(words.strip(), autoescape=True)))


def get(model: type[P], preset_id: int) -> P:
    """Return the template or snippet with this id; raises `NotFound`."""
    return _only(model, select(model).where(model.id == preset_id))


def get_to_change(model: type[P], preset_id: int) -> P:
    """Return it locked: of two concurrent writers, the second sees the first one's version."""
    return _only(model, select(model).where(model.id == preset_id).with_for_update())


def _only(model: type[P], statement: Select[P]) -> P:
    found = db.session.scalar(statement)
    if found is None:
        raise NotFound(f"There is no such {model.KIND}.")
    return found
