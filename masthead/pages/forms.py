"""The form for pages."""

from typing import Any

from masthead.content.forms import ContentForm, title_field
from masthead.pages.models import Page


class PageForm(ContentForm):
    """The editor form of a page."""

    title = title_field("Give the page a title.")

    @classmethod
    def of(cls, page: Page) -> "PageForm":
        """Return the form filled with a page, overridden by the submitted fields."""
        return cls(
            title=page.title, summary=page.summary, body=page.body, slug=page.slug, version=page.version
        )

    @property
    def said(self) -> dict[str, Any]:
        """Return the submitted texts that have a valid type."""
        return {name: text for name, text in super().content_fields().items() if not self[name].errors}

    def content_fields(self, page: Page | None = None) -> dict[str, Any]:
        """Return the arguments of `masthead.content.rendering.render_text`; an unchanged text keeps its line ends."""
        fields = super().content_fields()
        if page is not None and fields["body"] == page.body.replace("\r\n", "\n"):
            fields["body"] = page.body
        return fields
