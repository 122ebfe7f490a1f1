"""Writing what a Masthead export holds beside its texts: each under exactly the name that it had."""

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


def restore(belongings: Iterable[SiteRecord | ImportedImage], *, run: ImportRun) -> list[str]:
    """Write some of them; what is here already stays as it is. Sentences about what could not be done."""
    targets: list[Destination] = []
    for belonging in belongings:
        match belonging:
            case SiteAuthor():
                user = _person(belonging, run)
                targets += [Destination(path, Target.AUTHOR, target_id=user.id) for path in belonging.aliases]
            case SiteTag():
                tag = tags.restore(belonging.name, slug=belonging.slug, description=belonging.description)
                run.settled_tags.add(tag.id)
                targets += [Destination(path, Target.TAG, target_id=tag.id) for path in belonging.aliases]
            case SiteRedirect():
                targets.append(Destination(belonging.path, Target.URL, url=belonging.url))
            case ImportedImage(facts=facts) if facts is not None:
                media.record(facts, name=belonging.name, alt=belonging.alt, by=run.by, at=run.at)
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
    """Whoever has this user name, or a new byline: the operator says with the folder that they are the same person."""
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
