"""Tags."""

from typing import Any

import factory

from masthead.tags import actions
from masthead.tags.models import Tag
from tests.factories.storing import storing


class TagFactory(factory.Factory[Tag]):
    """A tag; its address follows from its name."""

    class Meta:
        model = Tag

    name = factory.Sequence(lambda number: f"Subject {number}")
    description = ""

    @classmethod
    def _create(cls, model_class: type[Tag], *_: Any, **values: Any) -> Tag:
        with storing():
            (tag,) = actions.ensure([values.pop("name")])
            for name, value in values.items():
                setattr(tag, name, value)
        return tag
