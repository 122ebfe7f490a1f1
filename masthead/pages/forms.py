"""The shape of the form for pages."""

from typing import Any

from masthead.pages.models import Page
from masthead.posts.forms.post import TextForm, title_field


class PageForm(TextForm):
    """Writing a page."""

    title = title_field("Give the page a title.")

    @classmethod
    def of(cls, page: Page) -> "PageForm":
        """The form filled in with a page, and with what was sent of it."""
        return cls(
            title=page.title, summary=page.summary, body=page.body, slug=page.slug, version=page.version
        )

    @property
    def said(self) -> dict[str, Any]:
        """The texts that have their shape."""
        return {name: text for name, text in super().content_fields().items() if not self[name].errors}

    def content_fields(self, page: Page | None = None) -> dict[str, Any]:
        """The arguments of `masthead.posts.rendering.render_text`; the line ends of a text that is as it was stay."""
        fields = super().content_fields()
        if page is not None and fields["body"] == page.body.replace("\r\n", "\n"):
            fields["body"] = page.body
        return fields
