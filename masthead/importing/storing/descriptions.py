"""Writes descriptions of authors and topics to profiles and tags, never over edits made here."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from masthead.db import db
from masthead.importing import queries
from masthead.importing.items import SourceAuthor, TopicDescription
from masthead.importing.models import ImportedAuthor, ImportedItem
from masthead.importing.scan import ScanResult
from masthead.importing.storing.run import ImportRun
from masthead.people import bylines
from masthead.people.models import User
from masthead.redirects import actions as redirects
from masthead.redirects.actions import Destination
from masthead.redirects.models import Target
from masthead.tags import queries as tags
from masthead.tags.models import Tag

AUTHOR: Final = "author"
TOPIC: Final = "topic"


def describe(found: ScanResult, *, run: ImportRun) -> list[str]:
    """Describe imported bylines and tags; returns sentences about old addresses that are in use."""
    targets = [*_authors(found.authors.values(), run), *_topics(found.topics, run)]
    refused = redirects.keep_all(to for to in targets if found.addresses.owner(to.old_path) is None)
    return [f"The old address {path[:200]} {reason}." for path, reason in refused.items()]


def _authors(authors: Iterable[SourceAuthor], run: ImportRun) -> Iterator[Destination]:
    for chunk in queries.in_chunks(authors):
        by_key = {queries.key_of(run.source, author.key): author for author in chunk}
        present = {row.key: (row, user) for row, user in db.session.execute(queries.imported_authors(by_key))}
        # Keep the order of the texts: if one file describes two authors, the first gets its addresses in every import.
        made = [(author, *present[key]) for key, author in by_key.items() if key in present]
        before = _before(AUTHOR, [author.key for author, _, _ in made], run)
        for author, row, user in made:
            if user.is_byline:
                _describe_author(author, row, user, before.get(author.key), run)
            for path in author.aliases:
                yield Destination(path, Target.AUTHOR, target_id=user.id)


def _describe_author(
    author: SourceAuthor, row: ImportedAuthor, user: User, before: ImportedItem | None, run: ImportRun
) -> None:
    """Write the profile of a byline where it is empty, or unchanged since the last import wrote it."""
    if author.name != row.name:
        if user.name == row.name:
            bylines.rename(user, author.name)
            run.note_name(author, user)
        row.name = author.name
    if before is not None and before.fingerprint == _fingerprint(user.bio, user.website):
        user.bio, user.website = author.bio, author.website
    elif before is None:
        user.bio, user.website = user.bio or author.bio, user.website or author.website
    _remember(AUTHOR, author.key, before, _fingerprint(author.bio, author.website), run)


def _topics(topics: dict[str, TopicDescription], run: ImportRun) -> Iterator[Destination]:
    for keys in queries.in_chunks(topics):
        made: dict[str, Tag] = {tag.key: tag for tag in db.session.scalars(tags.with_keys(keys))}
        before = _before(TOPIC, made, run)
        for key, tag in made.items():
            topic, row = topics[key], before.get(key)
            if row is not None and row.fingerprint == _fingerprint(tag.description):
                tag.description = topic.description
            elif row is None:
                tag.description = tag.description or topic.description
            _remember(TOPIC, key, row, _fingerprint(topic.description), run)
            for path in topic.aliases:
                yield Destination(path, Target.TAG, target_id=tag.id)


def _before(kind: str, names: Iterable[str], run: ImportRun) -> dict[str, ImportedItem]:
    """The records of the last import's descriptions, by name."""
    keys = {_key(kind, name, run): name for name in names}
    return {keys[row.key]: row for row in db.session.scalars(queries.items_by_keys(keys))}


def _remember(kind: str, name: str, row: ImportedItem | None, fingerprint: str, run: ImportRun) -> None:
    if row is None:
        row = ImportedItem(key=_key(kind, name, run), source=run.source, path=f"{kind}:{name}", kind=kind)
        row.wanted_slug, row.slug, row.version = "", "", 0
        db.session.add(row)
    if row.fingerprint != fingerprint:
        row.fingerprint, row.imported_at = fingerprint, run.at


def _key(kind: str, name: str, run: ImportRun) -> str:
    return queries.key_of(run.source, f"{kind}\0{name}")


def _fingerprint(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode()).hexdigest()
