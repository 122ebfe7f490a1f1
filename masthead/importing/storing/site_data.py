"""Restores authors, tags, redirects and images under exactly the names that they had."""

from collections.abc import Iterable

from sqlalchemy import select

from masthead.db import db
from masthead.importing import queries
from masthead.importing.image_import import ImportedImage
from masthead.importing.models import ImportedAuthor
from masthead.importing.site_data import SiteAuthor, SiteImage, SiteRecord, SiteRedirect, SiteTag
from masthead.importing.storing.run import ImportRun
from masthead.media import actions as media
from masthead.people import bylines, validation
from masthead.people import queries as people
from masthead.people.models import User
from masthead.redirects import actions as redirects
from masthead.redirects.actions import Destination
from masthead.redirects.models import Target
from masthead.tags import actions as tags


def restore(records: Iterable[SiteRecord | ImportedImage], *, run: ImportRun) -> list[str]:
    """Restore records; existing values stay. Returns sentences about conflicts and redirects to other sites."""
    targets: list[Destination] = []
    for record in records:
        match record:
            case SiteAuthor():
                user = _person(record, run)
                targets += [Destination(path, Target.AUTHOR, target_id=user.id) for path in record.aliases]
            case SiteTag():
                tag = tags.restore(record.name, slug=record.slug, description=record.description)
                run.settled_tags.add(tag.id)
                targets += [Destination(path, Target.TAG, target_id=tag.id) for path in record.aliases]
            case SiteRedirect():
                targets.append(Destination(record.path, Target.URL, url=record.url))
            case ImportedImage(facts=facts) if facts is not None:
                media.record(facts, name=record.name, alt=record.alt, by=run.by, at=run.at, restores=True)
            case ImportedImage() | SiteImage():
                pass
    refused = redirects.keep_all(targets)
    elsewhere = [
        f"The address {to.old_path[:200]} leads to another site now: {to.url[:200]}"
        for to in targets
        if to.url is not None and "://" in to.url and to.old_path not in refused
    ]
    return [*elsewhere, *(f"The old address {path[:200]} {reason}." for path, reason in refused.items())]


def _person(person: SiteAuthor, run: ImportRun) -> User:
    """The user with this user name, or a new byline. With an own export the operator says that both are the same person."""
    author = person.author
    key = queries.key_of(run.source, author.key)
    known = db.session.scalar(select(ImportedAuthor).where(ImportedAuthor.key == key))
    user = db.session.get(User, known.user_id) if known else people.by_username(author.key)
    if user is None:
        user = _new_byline(person, run)
    else:
        bylines.complete(user, name=author.name, bio=author.bio, website=author.website)
    if validation.AVATAR.fullmatch(person.avatar):
        user.avatar = user.avatar or person.avatar
    if known is None:
        db.session.add(ImportedAuthor(key=key, name=author.name, user_id=user.id))
    return user


def _new_byline(person: SiteAuthor, run: ImportRun) -> User:
    author = person.author
    make = bylines.restore if validation.is_username(author.key) else bylines.create
    user = make(name=author.name, username=author.key, at=run.at, bio=author.bio, website=author.website)
    run.note_name(author, user)
    return user
