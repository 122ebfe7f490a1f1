"""The state of one import while it stores items."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from masthead.importing.items import SourceAuthor
from masthead.people.models import User
from masthead.redirects.actions import Destination


@dataclass(slots=True)
class ImportRun:
    """One import: from where, for whom, when; and the bylines that it has met."""

    source: str
    by: User
    at: datetime
    #: Below which the old site lay, without a slash at its end.
    base_path: str = ""
    #: The pages of a tag by the settings of the old site.
    own_tag_pages: Callable[[str], Iterable[str]] = lambda _name: ()
    #: Pictures of other sites are copied here.
    fetch_images: bool = False
    #: By the author's key.
    bylines: dict[str, User] = field(default_factory=dict)
    #: Tags whose old pages lead to the present ones already.
    tags: set[int] = field(default_factory=set)
    #: Tags of our own export, whose old pages it names.
    settled_tags: set[int] = field(default_factory=set)
    #: Pictures that have their row, by the hash of their content.
    pictures: set[str] = field(default_factory=set)
    #: Old pages of people who are new.
    pending: list[Destination] = field(default_factory=list)
    #: About people whose names stand here differently.
    renamed: list[str] = field(default_factory=list)

    def reset(self) -> None:
        """Begin anew after a rollback: what was made is not there."""
        self.bylines.clear()
        self.tags.clear()
        self.pictures.clear()
        self.pending.clear()
        self.renamed.clear()

    def note_name(self, author: SourceAuthor, user: User) -> None:
        """Remember to say that somebody has another name here, since a person with an account shows theirs."""
        if user.name.endswith(f" ({user.username})") and user.name != author.name:
            self.renamed.append(
                f"{author.name} is shown as {user.name}, since somebody with an account here has that name. "
                f"To credit the account, change the posts' authors."
            )
