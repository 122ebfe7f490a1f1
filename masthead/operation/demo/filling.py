"""Fills a publication with a collection. Idempotent: existing content stays as it is."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from masthead.comments.rendering import RenderedComment
from masthead.content.rendering import RenderedText, render_text
from masthead.db import db, snapshot
from masthead.errors import Conflict
from masthead.login import passwords
from masthead.mail import delivery
from masthead.operation.demo import discussion, pictures
from masthead.operation.demo.collection import Collection, DemoPerson, Text
from masthead.operation.demo.pictures import DemoPicture, Drawn
from masthead.pages import actions as pages
from masthead.pages.models import PageSlug
from masthead.people import actions as accounts
from masthead.people import queries as people
from masthead.people.models import User
from masthead.people.permissions import ADMINISTRATOR
from masthead.posts import actions as posts
from masthead.posts.models import Post, PostSlug
from masthead.settings import actions as settings
from masthead.settings.models import Setting
from masthead.text.names import name_key

#: Role of the collection's administrator on a site that has an administrator already.
SECOND_IN_COMMAND = "editor"
HOUR_OF_PUBLICATION = 6


@dataclass(slots=True)
class Report:
    """The content that was added."""

    #: New accounts with their passwords, which are stored nowhere else.
    accounts: list[tuple[DemoPerson, str]] = field(default_factory=list)
    posts: int = 0
    pages: int = 0
    comments: int = 0
    pictures: int = 0
    has_settings: bool = False

    @property
    def is_empty(self) -> bool:
        """True if everything existed already."""
        return not (self.accounts or self.posts or self.pages or self.comments or self.has_settings)


@dataclass(slots=True)
class Preparation:
    """The expensive results that need no transaction: hashes, drawings, rendered texts."""

    people: list[tuple[DemoPerson, str, str]]
    pages: list[tuple[Text, RenderedText]]
    posts: list[tuple[Text, RenderedText]]
    drawings: dict[DemoPicture, Drawn]
    remarks: dict[str, RenderedComment]
    settings: dict[str, object]


def prepare(collection: Collection) -> Preparation:
    """Determine the missing content and prepare it."""
    with snapshot() as session:
        accounts_of_people = select(User.id).where(User.is_byline.is_(False)).limit(1)
        has_accounts = session.scalar(accounts_of_people) is not None
        names = set(session.scalars(select(User.username_key)))
        has_title = session.get(Setting, "title") is not None
        known_posts = _known(PostSlug.slug, collection.posts)
        known_pages = _known(PageSlug.slug, collection.pages)
    db.engine.dispose()
    missing = [text for text in collection.posts if text.slug not in known_posts]
    drawings = pictures.drawn(missing)
    newcomers = [person for person in collection.people if name_key(person.username) not in names]
    return Preparation(
        people=[_with_password(person, has_accounts=has_accounts) for person in newcomers],
        pages=[(text, _rendered_form(text, {})) for text in collection.pages if text.slug not in known_pages],
        posts=[(text, _rendered_form(text, drawings)) for text in missing],
        drawings=drawings,
        remarks=discussion.rendered(
            reply for text in missing for reply in collection.comments.get(text.slug, ())
        ),
        settings={} if has_title else collection.settings,
    )


def _known(column: InstrumentedAttribute[str], texts: Iterable[Text]) -> set[str]:
    with snapshot() as session:
        return set(session.scalars(select(column).where(column.in_([text.slug for text in texts]))))


def _with_password(person: DemoPerson, *, has_accounts: bool) -> tuple[DemoPerson, str, str]:
    if has_accounts and person.role == ADMINISTRATOR:
        person = replace(person, role=SECOND_IN_COMMAND)
    password = secrets.token_urlsafe(12)
    return person, password, passwords.hash_password(password)


def _rendered_form(text: Text, drawings: dict[DemoPicture, Drawn]) -> RenderedText:
    return render_text(
        title=text.title,
        slug=text.slug,
        summary=text.summary,
        body=pictures.placed(text, drawings).body,
        tags=text.tags,
        lead=pictures.lead_of(text, drawings),
    )


def write(collection: Collection, prepared: Preparation, *, at: datetime) -> Report:
    """Write the prepared content in one transaction, which the caller commits. Sends no email."""
    with delivery.held_back():
        return _write(collection, prepared, at=at)


def _write(collection: Collection, prepared: Preparation, *, at: datetime) -> Report:
    report = Report()
    for person, password, password_hash in prepared.people:
        _register(person, password_hash, at=at)
        report.accounts.append((person, password))
    cast = _cast(collection)
    editor = cast[collection.people[0].username]
    if prepared.settings:
        settings.change(**prepared.settings)
        report.has_settings = True
    pictures.store(prepared.drawings, by=editor, at=at)
    report.pictures = len(prepared.drawings)
    for _, rendered in prepared.pages:
        page = pages.create(rendered, by=editor, at=at)
        pages.publish(page, by=editor, at=at)
        report.pages += 1
    for text, rendered in prepared.posts:
        post = _write_post(text, rendered, cast, at=at)
        report.posts += 1
        below = discussion.DemoDiscussion(post, cast, editor, prepared.remarks)
        report.comments += below.write(collection.comments.get(text.slug, ()), until=at)
    return report


def _cast(collection: Collection) -> dict[str, User]:
    """Return the collection's people by name; raises `Conflict` if a real account has one of their names."""
    cast = {}
    for person in collection.people:
        user = people.by_username(person.username)
        if user is None or user.email != person.email:
            raise Conflict(
                f"Somebody here is called {person.username!r} already. Nothing was added; give this account another "
                "user name first, or fill a site of its own with MASTHEAD_HOME."
            )
        cast[person.username] = user
    return cast


def _register(person: DemoPerson, password_hash: str, *, at: datetime) -> None:
    role = people.role(person.role)
    user = accounts.register(
        username=person.username,
        email=person.email,
        password_hash=password_hash,
        at=at,
        role=role,
        is_confirmed=True,
    )
    user.name, user.bio, user.website = person.name, person.bio, person.website


def _write_post(text: Text, rendered: RenderedText, cast: dict[str, User], *, at: datetime) -> Post:
    bylines = [cast[username] for username in text.authors]
    author = bylines[0]
    appears = _moment(text, at=at)
    written = min(appears, at) - timedelta(days=2)
    post = posts.create(rendered, by=author, at=written, bylines=bylines)
    match text.state:
        case "published":
            posts.publish(post, by=author, at=appears)
        case "scheduled":
            posts.schedule(post, by=author, at=at, when=appears)
        case "in_review":
            posts.submit(post, by=author, at=appears)
        case "draft":
            pass
    discussion.add_readers(post, at=at)
    return post


def _moment(text: Text, *, at: datetime) -> datetime:
    """Return the publication time of a post: in the morning, at a minute that varies by post."""
    minutes = len(text.body) % 150
    morning = at.replace(hour=HOUR_OF_PUBLICATION, minute=0, second=0, microsecond=0)
    return morning - text.age + timedelta(minutes=minutes)
