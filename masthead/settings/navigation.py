"""The navigation as administrators write it: one link on each line, label and address separated by a bar."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from masthead.errors import Invalid
from masthead.settings.publication import NavLink
from masthead.web.safe_redirects import local_path

#: The navigation of a new publication.
STARTER = (NavLink("Latest", "/blog/"), NavLink("Archive", "/blog/archive/"), NavLink("About", "/about"))
LINKS_LIMIT = 20
LABEL_CHARACTERS = 40
ADDRESS_CHARACTERS = 500


def written(links: Iterable[NavLink]) -> str:
    """Return the lines that `parse` reads."""
    return "\n".join(f"{link.label} | {link.path}" for link in links)


def parse(text: str) -> tuple[NavLink, ...]:
    """Return the links; raises `Invalid` with a sentence for each invalid line."""
    links, problems = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                links.append(_link(line))
            except Invalid as error:
                problems.append(f"Line {number}: {error.message}")
    if len(links) > LINKS_LIMIT:
        problems.append(f"The navigation has at most {LINKS_LIMIT} links.")
    if problems:
        raise Invalid(" ".join(problems), field="navigation")
    return tuple(links)


def _link(line: str) -> NavLink:
    label, bar, address = (part.strip() for part in line.partition("|"))
    if not bar or not label or not address:
        raise Invalid("Write a label, a vertical bar and a URL, like “About | /about”.")
    if len(label) > LABEL_CHARACTERS or not label.isprintable():
        raise Invalid(f"A label has at most {LABEL_CHARACTERS} characters.")
    if len(address) > ADDRESS_CHARACTERS or not is_address(address):
        raise Invalid("An address is a path of this site, like /about, or begins with https:// or http://.")
    return NavLink(label, address)


def is_address(address: str) -> bool:
    """Return whether the text is a path of our own or the URL of a website, which no browser reads as anything else."""
    if local_path(address) is not None:
        return True
    try:
        parts = urlsplit(address)
        is_website = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    return is_website and address.isprintable() and not set(address) & set('\\ <>"')
