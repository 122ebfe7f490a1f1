"""A publication with one public story and everything that strangers must not learn, each part with a mark of its own."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from masthead import clock
from masthead.comments.models import CommentStatus
from masthead.content.rendering import Picture, render_text
from masthead.db import db
from masthead.pages import actions as page_actions
from masthead.pages import queries as pages
from masthead.people import queries as people
from masthead.posts import actions, queries
from masthead.posts.details import Details
from masthead.posts.lifecycle import Status
from masthead.redirects import actions as redirects
from masthead.redirects.models import Target
from tests.factories import (
    BylineFactory,
    CommentFactory,
    PageFactory,
    PostFactory,
    TagFactory,
    UserFactory,
)
from tests.factories.posts import NEWEST
from tests.factories.storing import storing
from tests.support.people import Cast

#: Every mark begins with it, and nothing else does: five letters are too many for a random token. All addresses of people end in example.org.
SIGN = "zqxjv"


@dataclass
class Secrets:
    """The hidden objects: names that stand in addresses, and ids."""

    slugs: set[str] = field(default_factory=set)
    usernames: set[str] = field(default_factory=set)
    #: Old addresses of what is hidden.
    paths: set[str] = field(default_factory=set)
    #: By the name that the addresses give them.
    ids: dict[str, set[int]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Everything that can stand in an address."""
        return sorted(self.slugs | self.usernames)

    def note(self, kind: str, row_id: int) -> None:
        """Remember a hidden row."""
        self.ids.setdefault(kind, set()).add(row_id)


#: How a post can be hidden.
HIDDEN: dict[str, dict[str, Any]] = {
    "draft": {"status": Status.DRAFT, "published_at": None},
    "review": {"status": Status.IN_REVIEW, "published_at": None},
    "later": {"status": Status.PUBLIC, "published_at": clock.now() + timedelta(days=9)},
    "trash": {"status": Status.TRASHED, "published_at": NEWEST},
    "taken": {"status": Status.DRAFT, "published_at": NEWEST},
}


def hide(cast: Cast) -> Secrets:
    """Fill the database."""
    found = Secrets()
    _hide_posts(found)
    _send_back(cast)
    found.slugs |= {f"{SIGN}formerslug", f"{SIGN}presentslug"}
    story = _public_story(cast, found)
    _hide_comments(found, story)
    _hide_pages(cast, found)
    UserFactory(username=f"{SIGN}unconfirmed", email=f"{SIGN}unconfirmed@example.org", confirmed_at=None)
    found.usernames.add(f"{SIGN}unconfirmed")
    TagFactory(name=f"{SIGN}unused", description=f"{SIGN}unuseddescription")
    found.slugs.add(f"{SIGN}unused")
    return found


def _hide_posts(found: Secrets) -> None:
    for name, state in HIDDEN.items():
        tag = TagFactory(name=f"{SIGN}tag{name}", description=f"{SIGN}tagwords{name}")
        byline = BylineFactory(
            username=f"{SIGN}guest{name}", name=f"{SIGN}guestname{name}", bio=f"{SIGN}guestbio{name}"
        )
        reader = UserFactory(username=f"{SIGN}reader{name}")
        post = PostFactory(
            title=f"{SIGN}title{name}",
            body=f"{SIGN}body{name}\n\n## {SIGN}heading{name}",
            summary=f"{SIGN}summary{name}",
            tags=[f"{SIGN}tag{name}", "Farming"],
            lead=Picture(f"/media/{SIGN}lead{name}.webp", f"{SIGN}alt{name}", f"{SIGN}caption{name}"),
            canonical_url=f"https://{SIGN}canonical{name}.test/",
            bylines=[byline],
            author=UserFactory(role="author", username=f"plain-{name}"),
            **state,
        )
        comment = CommentFactory(post=post, author=reader, body=f"{SIGN}commenton{name}")
        found.slugs |= {str(post.slug), str(tag.slug)}
        found.usernames |= {str(byline.username), str(reader.username)}
        _lead_to(found, name, {Target.POST: post.id, Target.TAG: tag.id, Target.AUTHOR: byline.id})
        found.note("post_id", post.id)
        found.note("user_id", byline.id)
        found.note("user_id", reader.id)
        found.note("comment_id", comment.id)


def _lead_to(found: Secrets, name: str, targets: dict[Target, int]) -> None:
    """Old addresses of what is hidden, as an import or a renaming leaves them."""
    with storing():
        for kind, target_id in targets.items():
            path = f"/2014/{SIGN}old{kind}{name}.html"
            redirects.keep(path, kind=kind, target_id=target_id)
            found.paths.add(path)
        db.session.commit()


def _send_back(cast: Cast) -> None:
    """A draft that an editor has returned with a note, under an address that it had before."""
    returned = PostFactory(
        title=f"{SIGN}returned", slug=f"{SIGN}formerslug", status=Status.IN_REVIEW, published_at=None
    )
    with storing():
        post, edith = queries.get(returned.id), people.get(cast.edith.id)
        actions.send_back(post, by=edith, at=clock.now(), note=f"{SIGN}reviewnote")
        words = render_text(title=f"{SIGN}returned", body="In.", slug=f"{SIGN}presentslug")
        actions.revise(post, words, by=edith, at=clock.now(), details=Details(note=f"{SIGN}why"))
        db.session.commit()


def _public_story(cast: Cast, found: Secrets) -> Any:
    story = PostFactory(
        title=f"Before {SIGN}oldtitle",
        slug="harvest",
        body=f"{SIGN}oldbody",
        summary=f"{SIGN}oldsummary",
        tags=["Farming", f"{SIGN}oldtag"],
        author=cast.walt,
    )
    with storing():
        post = queries.get(story.id)
        words = render_text(title="Harvest", body="All is in.", summary="", slug="harvest", tags=("Farming",))
        actions.revise(
            post, words, by=people.get(cast.walt.id), at=clock.now(), details=Details(note=f"{SIGN}note")
        )
        db.session.commit()
    found.slugs.add(f"{SIGN}oldtag")
    CommentFactory(post=story, author=cast.rhea, body="Well said.")
    return story


def _hide_comments(found: Secrets, story: Any) -> None:
    for status in CommentStatus:
        if status is not CommentStatus.APPROVED:
            found.note(
                "comment_id", CommentFactory(post=story, body=f"{SIGN}comment{status}", status=status).id
            )


def _hide_pages(cast: Cast, found: Secrets) -> None:
    page = PageFactory(
        title=f"{SIGN}page", body=f"{SIGN}pagebody", summary=f"{SIGN}pagesummary", is_public=False
    )
    found.slugs.add(str(page.slug))
    trashed = PageFactory(title=f"{SIGN}trashedpage", body=f"{SIGN}trashedpagebody")
    with storing():
        stored = pages.get(trashed.id)
        page_actions.trash(stored, by=people.get(cast.ada.id), at=clock.now())
        db.session.commit()
    found.slugs.add(str(trashed.slug))
    _lead_to(found, "page", {Target.PAGE: page.id})
    _lead_to(found, "trashedpage", {Target.PAGE: trashed.id})
