"""One import from beginning to end: look, plan, prepare in other processes, store in batches.

A batch is prepared before its transaction begins, so the database is locked only for the moments in which rows are written;
each is committed by the command, so an import that is killed goes on where it stopped.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final

from flask import current_app
from sqlalchemy.exc import IntegrityError

from masthead import audit, clock
from masthead.db import db, snapshot
from masthead.errors import DomainError, Invalid, NotAllowed
from masthead.importing import queries
from masthead.importing.errors import Unreadable
from masthead.importing.items import Kind, Note
from masthead.importing.markdown import export_data as belongings
from masthead.importing.markdown.detection import DIALECTS, dialect_of
from masthead.importing.markdown.dialects.base import Dialect
from masthead.importing.markdown.dialects.old_site import Options
from masthead.importing.markdown.export_data import Belonging, Drawer
from masthead.importing.markdown.folder import Folder, shown
from masthead.importing.markdown.scan import Entry, Failure, Survey, survey
from masthead.importing.models import ImportedItem
from masthead.importing.preparation import worker_pool
from masthead.importing.preparation.image_import import Gallery, Kept
from masthead.importing.preparation.preparer import Prepared, Preparer, Task, peak_memory
from masthead.importing.reporting.plan import Foreword, foreword
from masthead.importing.reporting.report import Report
from masthead.importing.reporting.summary import Summary
from masthead.importing.storing import actions, descriptions, site_data, starter_content
from masthead.importing.storing.actions import Outcome, Run
from masthead.importing.urls import list_pages, slug_planning
from masthead.media import external, limits
from masthead.media import queries as media
from masthead.pages.links import ABOUT
from masthead.people import queries as accounts
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.posts.errors import SlugTaken, StaleVersion
from masthead.redirects import actions as redirects
from masthead.storage import store as storage

#: How many items share a transaction: enough that commits cost little, few enough that writers on the site do not wait.
BATCH: Final = 50
_NAMELESS: Final = frozenset(
    {"content", "posts", "_posts", "src", "blog", "docs", "pages", "site", "website"}
)
SOURCE_CHARACTERS: Final = 200

WRITTEN: Final = frozenset({Outcome.IMPORTED, Outcome.UPDATED})


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person who imports has asked for."""

    dry_run: bool = False
    publish_future: bool = False
    author: str | None = None
    zone: tzinfo | None = None
    old_url: str = ""
    source: str | None = None
    dialect: str | None = None
    processes: int = 1
    posts: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    #: Who is credited with texts that name nobody.
    byline: str = ""
    #: Whether pictures of other sites are copied; None: as EXTERNAL_IMAGES says.
    fetch_images: bool | None = None


@dataclass(slots=True)
class Batch:
    """Some items that share a transaction, and what became of them."""

    results: list[Prepared | Failure]
    outcomes: dict[str, Outcome]
    failures: dict[str, Failure] = field(default_factory=dict)
    notes: dict[str, tuple[Note, ...]] = field(default_factory=dict)
    #: What our own export holds beside texts; it comes in batches of its own, before the texts.
    belongings: list[Belonging | Kept] = field(default_factory=list)

    def ready(self) -> list[Prepared]:
        """Those that could be read."""
        return [result for result in self.results if isinstance(result, Prepared)]

    def to_write(self) -> list[Prepared]:
        """Those that change something."""
        return [one for one in self.ready() if self.outcomes[one.entry.source] in WRITTEN]


class Import:
    """One import: `batches`, each to be written, committed and told, then `end`."""

    def __init__(self, path: Path, wishes: Wishes, report: Report) -> None:
        folder = Folder.at(path)
        kind = DIALECTS[wishes.dialect] if wishes.dialect else dialect_of(folder)
        fetch = external.mode() == "fetch" if wishes.fetch_images is None else wishes.fetch_images
        options = Options(
            clock.now(),
            wishes.zone,
            wishes.publish_future,
            wishes.old_url,
            wishes.posts,
            wishes.pages,
            wishes.byline,
            fetch,
        )
        self._dialect = kind(folder, options)
        self._processes = wishes.processes
        self._report = report
        source = (wishes.source or _source_name(self._dialect))[:SOURCE_CHARACTERS]
        with snapshot() as session:
            by = _owner(wishes.author)
            self._known = queries.of_source(session, source)
            pictures = media.paths_by_hash(session)
            # What was read so far must not be the beginning of a transaction that writes.
            db.session.remove()
        self._run = Run(source, by, clock.now(), self._dialect.base_path, self._dialect.tag_pages, fetch)
        self._gallery = Gallery(
            folder,
            None if wishes.dry_run else storage.current(),
            limit_bytes=limits.upload_bytes(),
            known=pictures,
        )
        self._summary = Summary(shown(str(path)), kind.title, source, wishes.dry_run, fetch_images=fetch)
        self._found = Survey()
        #: About what our own export holds beside texts.
        self._problems: list[str] = []

    @property
    def total(self) -> int:
        """How many items there are, once the first batch is there."""
        return len(self._found.entries)

    def look(self) -> Foreword:
        """Look at everything, and say what is planned."""
        if self._processes > 1:
            worker_pool.warm_up()
        self._found = survey(self._dialect)
        self._summary.plan = foreword(self._dialect, self._found)
        return self._summary.plan

    def batches(self) -> Iterator[Batch]:
        """Decide the addresses, then prepare batch after batch; `look` comes first. Touches the database only to read."""
        found = self._found
        with snapshot() as session:
            new = [entry for entry in found.entries if entry.source not in self._known]
            self._known |= starter_content.standing_aside(session, new, self._run.source, self._run.at)
        slugs = _planned(found, self._known)
        self._report.sums.files = found.texts
        for failure in found.failures:
            self._report.fail(failure)
        for left_out in found.left_out:
            self._report.skip(left_out)
        tasks = [_task(entry, slugs, self._known) for entry in sorted(found.entries, key=_redirects_last)]
        yield from self._belongings()
        preparer = Preparer(self._dialect, found.addresses, self._gallery)
        results = worker_pool.prepared(tasks, preparer, processes=self._processes, count=len(tasks))
        for chunk in queries.chunks(results, BATCH):
            yield Batch(chunk, self._outcomes(chunk))

    def _belongings(self) -> Iterator[Batch]:
        if not self._dialect.is_ours:
            return
        for chunk in queries.chunks(belongings.all_of(self._dialect), BATCH):
            kept = [self._picture(one) if isinstance(one, Drawer) else one for one in chunk]
            yield Batch([], {}, belongings=kept)

    def _picture(self, drawer: Drawer) -> Belonging | Kept:
        try:
            kept = self._gallery.keep(drawer.file)
        except Unreadable as error:
            self._problems.append(f"{shown(drawer.file)} was left out: {error.message}")
            return drawer
        if kept.url != drawer.url:
            self._problems.append(f"{shown(drawer.file)} was changed; it is {kept.url} here.")
        return replace(kept, name=drawer.name, alt=drawer.alt)

    def _outcomes(self, results: list[Prepared | Failure]) -> dict[str, Outcome]:
        ready = [one for one in results if isinstance(one, Prepared)]
        before = [self._known[one.entry.source] for one in ready if one.entry.source in self._known]
        with snapshot() as session:
            versions = queries.versions(session, before)
        return {
            source: actions.outcome(one, self._known.get(source), versions.get(source))
            for one in ready
            for source in (one.entry.source,)
        }

    def write(self, batch: Batch) -> None:
        """Store a batch; the caller commits."""
        self._problems += site_data.restore(batch.belongings, run=self._run)
        try:
            batch.notes = self._stored(batch.to_write())
        except (DomainError, IntegrityError):
            # One of them does not work. Once more, so that it alone is rolled back: savepoints for all would cost
            # every import what few need.
            db.session.rollback()
            self._run.forget()
            batch.notes = {}
            for prepared in batch.to_write():
                self._store_alone(prepared, batch)
        self._problems += self._run.renamed
        self._run.renamed.clear()

    def _stored(self, ready: list[Prepared]) -> dict[str, tuple[Note, ...]]:
        actions.meet((author for one in ready for author in one.item.authors), run=self._run)
        with db.session.no_autoflush:
            stored = actions.store([(one, self._known.get(one.entry.source)) for one in ready], run=self._run)
        db.session.flush()
        return actions.record(stored, run=self._run)

    def _store_alone(self, prepared: Prepared, batch: Batch) -> None:
        source = prepared.entry.source
        try:
            # Not inside the savepoint: others of the batch may be by the same people.
            actions.meet(prepared.item.authors, run=self._run)
            db.session.flush()
            with db.session.begin_nested():
                batch.notes |= self._stored([prepared])
        except StaleVersion:
            batch.outcomes[source] = Outcome.KEPT
        except SlugTaken:
            batch.failures[source] = Failure(
                source, "Another text took its address meanwhile. Run the import again."
            )
        except IntegrityError:
            batch.failures[source] = Failure(
                source, "Another import writes the same texts. Run this one again later."
            )
        except DomainError as error:
            batch.failures[source] = Failure(source, error.message)

    def settle(self) -> None:
        """Describe authors and tags, and lead feeds and lists of the old site to ours, when all texts are there; the
        caller commits.
        """
        if not self._dialect.is_ours and self._found.posts:
            self._problems += descriptions.describe(self._found, run=self._run) + self._run.renamed
            self._run.renamed.clear()
            redirects.keep_all(list_pages.destinations(self._dialect, self._found))

    def tell(self, batch: Batch) -> None:
        """Report a batch, after the commit."""
        for result in batch.results:
            failure = result if isinstance(result, Failure) else batch.failures.get(result.entry.source)
            if failure is not None:
                self._report.fail(failure)
            elif isinstance(result, Prepared):
                self._tell(result, batch)

    def _tell(self, prepared: Prepared, batch: Batch) -> None:
        source = prepared.entry.source
        outcome = batch.outcomes[source]
        self._summary.peak_memory = max(self._summary.peak_memory, prepared.peak_memory)
        self._summary.stored += outcome in WRITTEN
        if outcome in WRITTEN and prepared.manuscript is not None:
            elsewhere = external.addresses_in(prepared.manuscript.html)
            self._summary.pictures_elsewhere.update(dict.fromkeys(elsewhere))
        address = self._found.addresses.urls[source]
        self._report.add(prepared, outcome, address=address, notes=batch.notes.get(source, ()))

    def record(self) -> None:
        """Note in the audit log what was imported, and who owns it; the caller commits."""
        outcomes = {outcome.value: count for outcome, count in self._report.sums.outcomes.items() if count}
        audit.record(
            "import.finished", by=None, subject=self._run.source, owner=self._run.by.username, **outcomes
        )

    def end(self) -> Summary:
        """What there is to say about the whole."""
        found, summary = self._found, self._summary
        present = {entry.source for entry in found.entries} | {one.source for one in found.failures}
        summary.gone = sorted(self._known.keys() - present)
        summary.problems = [_problem(name, error) for name, error in self._dialect.problems]
        summary.problems += self._problems
        summary.authors = sum(bool(one.bio or one.website or one.file) for one in found.authors.values())
        summary.topics = len(found.topics)
        summary.others = found.others.total()
        summary.peak_memory = max(summary.peak_memory, peak_memory())
        return summary


def _task(entry: Entry, slugs: dict[str, str], known: dict[str, ImportedItem]) -> Task:
    before = known.get(entry.source)
    return Task(entry, slugs[entry.source], before.fingerprint if before else None)


def _redirects_last(entry: Entry) -> bool:
    """Their targets must be there before them; the order is otherwise that of the folder."""
    return entry.kind is Kind.REDIRECT


def _planned(found: Survey, known: dict[str, ImportedItem]) -> dict[str, str]:
    """Give each text its address, and tell the index."""
    with snapshot() as session:
        slugs = slug_planning.planned_slugs(
            found.entries, known, lambda kind, wanted: queries.taken_slugs(session, kind, wanted)
        )
    for entry in found.entries:
        if entry.kind is not Kind.REDIRECT:
            found.addresses.urls[entry.source] = _url(entry.kind, slugs[entry.source])
        else:
            found.addresses.urls[entry.source] = ""
    return slugs


def _url(kind: Kind, slug: str) -> str:
    """The path of a post or page; made by the routes, without a request."""
    urls = current_app.url_map.bind("")
    if kind is Kind.PAGE:
        return urls.build("pages.about") if slug == ABOUT else urls.build("pages.show", {"slug": slug})
    return urls.build("site.post", {"slug": slug})


def _owner(username: str | None) -> User:
    """Who owns what is imported: the person named, or the first administrator."""
    by = accounts.named(username) if username else db.session.scalar(queries.first_administrator())
    if by is None:
        raise Invalid(
            "Nobody has an account yet who could own the texts. Open the set-up link that `masthead serve` prints, or "
            "make an account with `masthead user create NAME ADDRESS --role administrator`, and import again."
        )
    if not by.can(Permission.WRITE) or not by.can(Permission.PUBLISH):
        raise NotAllowed(f"{by.username} may not publish posts. Name somebody who may with --author.")
    return by


def _source_name(dialect: Dialect) -> str:
    """What tells this site from others, wherever the folder lies."""
    folder = Path(dialect.folder.root)
    named = folder.name if folder.name.lower() not in _NAMELESS else f"{folder.parent.name}/{folder.name}"
    hosts = sorted(dialect.old_hosts, key=len)
    return shown(hosts[0] + dialect.base_path if hosts else named)


def _problem(name: str, error: Any) -> str:
    line = f", line {error.line}" if error.line else ""
    return f"{shown(name)}{line} could not be read and counts as empty: {error.message}"
