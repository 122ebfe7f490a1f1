"""The API shapes of redirects."""

from pydantic import Field

from masthead.redirects.models import PATH_CHARACTERS, Redirect
from masthead.settings.navigation import ADDRESS_CHARACTERS
from masthead.web.api.schemas import ListAnswer, Made, PageQuery, Schema, Text


class RedirectInput(Schema):
    """An old path and its target."""

    path: Text = Field(min_length=2, max_length=PATH_CHARACTERS, examples=["/2019/ferry.html"])
    url: Text = Field(min_length=1, max_length=ADDRESS_CHARACTERS, examples=["https://river.example/ferry"])


class RedirectAnswer(RedirectInput):
    """A redirect."""

    id: int = Field(examples=[3])
    created_at: Made

    @classmethod
    def of(cls, redirect: Redirect) -> "RedirectAnswer":
        """Return the shape of a redirect."""
        return cls.model_construct(
            id=redirect.id, path=redirect.path, url=redirect.target_url or "", created_at=redirect.created_at
        )


class Redirects(ListAnswer):
    """A page of redirects, by path."""

    redirects: list[RedirectAnswer]


class RedirectsQuery(PageQuery):
    """The filter of the list of redirects."""

    q: Text | None = Field(
        default=None, max_length=200, description="A part of either address.", examples=["ferry"]
    )
