"""The shape of the form for pages."""

from masthead.pages.models import Page
from masthead.posts.forms import ManuscriptForm, title_field


class PageForm(ManuscriptForm):
    """Writing a page."""

    title = title_field("Give the page a title.")

    @classmethod
    def of(cls, page: Page) -> "PageForm":
        """The form filled in with a page."""
        return cls(
            title=page.title, summary=page.summary, body=page.body, slug=page.slug, version=page.version
        )
