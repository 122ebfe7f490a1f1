"""The absolute addresses of a publication's texts, files and people, outside of any request."""

from dataclasses import dataclass
from urllib.parse import quote, urljoin

from masthead.pages.links import ABOUT


@dataclass(frozen=True, slots=True)
class SiteAddresses:
    """Addresses below the URL of the publication, which has no slash at its end."""

    site: str

    def post(self, slug: str) -> str:
        """The address of a post."""
        return f"{self.site}/blog/post/{quote(slug)}"

    def page(self, slug: str) -> str:
        """The address of a page."""
        return f"{self.site}/{ABOUT}" if slug == ABOUT else f"{self.site}/page/{quote(slug)}"

    def media(self, path: str) -> str:
        """The address of a file of the media library."""
        return f"{self.site}/media/{quote(path)}"

    def absolute(self, address: str) -> str:
        """The absolute form of an address of a text or a setting; one that cannot be parsed stays."""
        try:
            return urljoin(f"{self.site}/", address)
        except ValueError:
            return address
