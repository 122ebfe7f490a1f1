"""The head of an export: the site, its authors, and its categories, tags and menus."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from masthead.importing.wordpress.elements import XmlElement

_KNOWN: Final = frozenset({"category", "post_tag"})


@dataclass(slots=True)
class WordPressAuthor:
    """An author with an account on the old site."""

    login: str
    name: str
    id: str = ""


@dataclass(slots=True)
class WordPressTerm:
    """A category, a tag, or a term of another taxonomy."""

    taxonomy: str
    slug: str
    name: str
    description: str = ""
    parent: str = ""


@dataclass(slots=True)
class SiteHead:
    """All that the files of an export say beside their items."""

    title: str = ""
    url: str = ""
    version: str = ""
    language: str = ""
    authors: dict[str, WordPressAuthor] = field(default_factory=dict)
    author_logins: dict[str, str] = field(default_factory=dict)
    terms: dict[tuple[str, str], WordPressTerm] = field(default_factory=dict)

    def add(self, channel: XmlElement) -> None:
        """Add what one segment beside the items says."""
        root = next((one for one in _descendants(channel) if one.name == "channel"), channel)
        self.version = self.version or root.value("wp:wxr_version")
        self.title = self.title or root.value("title")
        self.language = self.language or root.value("language")
        self.url = (
            self.url or root.value("wp:base_blog_url") or root.value("link") or root.value("wp:base_site_url")
        )
        for author in root.all("wp:author"):
            self._add_author(author)
        for term in _terms(root):
            if term.slug or term.name:
                self.terms.setdefault((term.taxonomy, term.slug or term.name), term)

    def _add_author(self, element: XmlElement) -> None:
        login = element.value("wp:author_login")
        first, last = element.value("wp:author_first_name"), element.value("wp:author_last_name")
        name = element.value("wp:author_display_name") or f"{first} {last}".strip() or login
        if login or name:
            author = WordPressAuthor(login or name, name, element.value("wp:author_id"))
            self.authors.setdefault(author.login, author)
            if author.id:
                self.author_logins.setdefault(author.id, author.login)

    def term(self, taxonomy: str, slug: str) -> WordPressTerm | None:
        """The term of a taxonomy with this slug."""
        return self.terms.get((taxonomy, slug))

    def path_of(self, term: WordPressTerm) -> str:
        """The slugs of a category and of those above it, as in its address."""
        parts, seen = [term.slug], {term.slug}
        above = self.term(term.taxonomy, term.parent) if term.parent else None
        while above is not None and above.slug not in seen:
            parts.insert(0, above.slug)
            seen.add(above.slug)
            above = self.term(above.taxonomy, above.parent) if above.parent else None
        return "/".join(parts)


def _terms(root: XmlElement) -> Iterator[WordPressTerm]:
    for one in root.all("wp:category"):
        yield WordPressTerm(
            "category", one.value("wp:category_nicename"), one.value("wp:cat_name"),
            one.value("wp:category_description"), one.value("wp:category_parent"),
        )  # fmt: skip
    for one in root.all("wp:tag"):
        yield WordPressTerm(
            "post_tag", one.value("wp:tag_slug"), one.value("wp:tag_name"), one.value("wp:tag_description")
        )
    for one in root.all("wp:term"):
        yield WordPressTerm(
            one.value("wp:term_taxonomy"), one.value("wp:term_slug"), one.value("wp:term_name"),
            one.value("wp:term_description"), one.value("wp:term_parent"),
        )  # fmt: skip


def _descendants(element: XmlElement) -> Iterator[XmlElement]:
    for child in element.children:
        if child.name in {"rss", "channel"}:
            yield child
            yield from _descendants(child)
