"""The state of one import while it stores items."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from masthead.importing.items import SourceAuthor
from masthead.people.models import User
from masthead.redirects.actions import Destination


@dataclass(slots=True)
class ImportRun:
    """One import: its source, owner and time, and the rows that it has handled so far."""

    source: str
    by: User
    at: datetime
    #: The path prefix of the old site, without a trailing slash.
    base_path: str = ""
    #: The old paths of a tag's page by the source's settings.
    own_tag_pages: Callable[[str], Iterable[str]] = lambda _name: ()
    #: Queue jobs that copy images of other sites.
    fetch_images: bool = False
    #: The bylines by the author's key.
    bylines: dict[str, User] = field(default_factory=dict)
    #: Tags whose old pages are redirected already.
    tags: set[int] = field(default_factory=set)
    #: Tags of an own export, which names their old pages itself.
    settled_tags: set[int] = field(default_factory=set)
    #: Content hashes of the images that are in the media library.
    pictures: set[str] = field(default_factory=set)
    #: The redirects of old pages of new bylines.
    pending: list[Destination] = field(default_factory=list)
    #: Sentences about authors who have another name here.
    renamed: list[str] = field(default_factory=list)

    def reset(self) -> None:
        """Forget everything that a rollback has undone."""
        self.bylines.clear()
        self.tags.clear()
        self.pictures.clear()
        self.pending.clear()
        self.renamed.clear()

    def note_name(self, author: SourceAuthor, user: User) -> None:
        """Add a sentence for the report if the author has another name here, because an account has theirs."""
        if user.name.endswith(f" ({user.username})") and user.name != author.name:
            self.renamed.append(
                f"{author.name} is shown as {user.name}, since somebody with an account here has that name. "
                f"To credit the account, change the posts' authors."
            )
