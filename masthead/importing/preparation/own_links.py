"""Links of a publication to itself, in the texts of its archive."""

from urllib.parse import urlsplit, urlunsplit

from masthead.importing.preparation.link_rewriter import AddressRewriter
from masthead.importing.urls import permalinks


class OwnLinkRewriter(AddressRewriter):
    """Turns links to a publication's old URL into paths, which lead to the same places wherever it is."""

    def __init__(self, old_url: str) -> None:
        self._host = permalinks.host_of(old_url)
        self._base = permalinks.path_of(old_url).rstrip("/")
        self.rewritten = 0

    def address(self, written: str, *, is_picture: bool = False) -> str:
        """The path of an address below the old URL; another address stays."""
        try:
            parts = urlsplit(written.strip())
        except ValueError:
            return written
        is_web = parts.netloc and parts.scheme in {"", "http", "https"}
        if not is_web or permalinks.host_of(written.strip()) != self._host:
            return written
        if self._base and not f"{parts.path}/".startswith(f"{self._base}/"):
            return written
        path = parts.path[len(self._base) :] or "/"
        if path.startswith("//"):
            # It would lead to another site.
            return written
        self.rewritten += 1
        return urlunsplit(("", "", path, parts.query, parts.fragment))
