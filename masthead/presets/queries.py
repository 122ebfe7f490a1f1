"""Queries for post templates and snippets."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import Select, func, or_, select

from masthead.db import ResultPage, db, paginated
from masthead.errors import NotFound
from masthead.presets.models import P, PostTemplate
from masthead.text.names import name_key
from masthead.text.plain import is_storable

PER_PAGE: Final = 50
#: Lists show the first 120 characters of a text.
OPENING_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class PresetSummary:
    """A template or snippet in a list, without the rest of its text; a snippet has no title and no tags."""

    id: int
    name: str
    opening: str
    title: str = ""
    tags: Sequence[str] = ()


def summaries(model: type[P], words: str = "", *, page: int) -> ResultPage[PresetSummary]:
    """Return a page of those that match."""
    return paginated(matching(model, words), partial(_summaries, model), page=page, per_page=PER_PAGE)


def _summaries(model: type[P], statement: Select[Any]) -> Sequence[PresetSummary]:
    opening = func.substr(model.body, 1, OPENING_CHARACTERS).label("opening")
    columns = [model.id, model.name, opening]
    if model is PostTemplate:
        columns += [PostTemplate.title, PostTemplate.tags]
    rows = db.session.execute(statement.with_only_columns(*columns))
    return [PresetSummary(**row) for row in rows.mappings()]


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
