"""Pages."""

from typing import Any

import factory

from masthead.content.rendering import render_text
from masthead.db import db
from masthead.pages import actions
from masthead.pages.models import Page
from masthead.people.models import User
from tests.factories.people import UserFactory
from tests.factories.posts import NEWEST
from tests.factories.storing import storing


class PageFactory(factory.Factory[Page]):
    """A public page; ``by`` is who makes it."""

    class Meta:
        model = Page

    title = factory.Sequence(lambda number: f"Page {number}")
    slug: str | None = None
    summary = ""
    body = factory.Faker("paragraph", nb_sentences=3)
    is_public = True
    by = factory.SubFactory(UserFactory, role="editor")

    @classmethod
    def _create(cls, model_class: type[Page], *_: Any, by: User, is_public: bool, **values: Any) -> Page:
        rendered = render_text(**values)
        with storing():
            page = actions.create(rendered, by=by, at=NEWEST)
            if is_public:
                actions.publish(page, by=by, at=NEWEST)
            db.session.commit()
            db.session.refresh(page)
            return page
