"""One import from beginning to end: look, plan, prepare in other processes, store in batches.

It is an entry point, like a command: it commits, once for each batch. A batch is prepared before its transaction begins,
so the database is locked only for the moments in which rows are written; an import that is killed goes on where it stopped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final

from flask import current_app
from sqlalchemy.exc import IntegrityError

from masthead import clock
from masthead.accounts import queries as accounts
from masthead.accounts.models import User
from masthead.accounts.permissions import Permission
from masthead.db import db, snapshot
from masthead.errors import DomainError, Invalid, NotAllowed
from masthead.importing import actions, planning, queries, workshop
from masthead.importing.actions import Outcome, Run
from masthead.importing.detection import DIALECTS, dialect_of
from masthead.importing.dialects.base import Dialect, Options
from masthead.importing.folder import Folder, shown
from masthead.importing.items import Kind, Note
from masthead.importing.models import ImportedItem
from masthead.importing.preparing import Prepared, Preparer, Task, peak_memory
from masthead.importing.report import Report
from masthead.importing.survey import Entry, Failure, Survey, survey
from masthead.pages.links import ABOUT
from masthead.posts.errors import SlugTaken, StaleVersion

#: How many items share a transaction: enough that commits cost little, few enough that writers on the site do not wait.
BATCH: Final = 50
_NAMELESS: Final = frozenset(
    {"content", "posts", "_posts", "src", "blog", "docs", "pages", "site", "website"}
)
SOURCE_CHARACTERS: Final = 200

Told = tuple[Prepared, Outcome, tuple[Note, ...]]
Advance = Callable[[int, int], None]


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


@dataclass(slots=True)
class Summary:
    """What there is to say about the whole import."""

    folder: str
    dialect: str
    source: str
    dry_run: bool
    #: Texts of an earlier import whose files are gone.
    gone: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    others: int = 0
    bylines: int = 0
    stored: int = 0
    peak_memory: int = 0

    def facts(self, seconds: float) -> dict[str, Any]:
        """For the report's file."""
        return {
            "folder": self.folder,
            "dialect": self.dialect,
            "source": self.source,
            "dry_run": self.dry_run,
            "no_longer_in_the_folder": self.gone,
            "problems": self.problems,
            "other_files": self.others,
            "bylines": self.bylines,
            "seconds": round(seconds, 3),
            "posts_per_second": round(self.stored / seconds, 1) if seconds else None,
            "peak_memory_mb": round(self.peak_memory / 1_000_000),
        }

    def sentences(self, seconds: float) -> Iterator[str]:
        """For the shell."""
        yield from self.problems
        if self.others:
            yield f"{self.others} other files, such as pictures and parts of the theme, were left where they are."
        if self.gone:
            yield f"{len(self.gone)} texts of earlier imports are not in the folder any more; here they stay."
        verb = "Looked at" if self.dry_run else "Imported"
        rate = f"{self.stored / seconds:.0f}" if seconds else "-"
        yield (
            f"{verb} {self.folder} ({self.dialect}) in {seconds:.1f} s: {rate} posts/s, "
            f"peak memory {self.peak_memory / 1_000_000:.0f} MB in a process."
        )
        if self.dry_run:
            yield "This was a dry run: nothing was written."


def run(path: Path, wishes: Wishes, report: Report, *, advance: Advance) -> Summary:
    """Import the folder at a path; raises a `DomainError` if that cannot be done at all."""
    folder = Folder.at(path)
    kind = DIALECTS[wishes.dialect] if wishes.dialect else dialect_of(folder)
    options = Options(clock.now(), wishes.zone, wishes.publish_future, wishes.old_url)
    dialect = kind(folder, options)
    source = (wishes.source or _source_name(dialect))[:SOURCE_CHARACTERS]
    with snapshot() as session:
        by = _owner(wishes.author)
        known = queries.of_source(session, source)
        # What was read so far must not be the beginning of a transaction that writes.
        db.session.remove()
    if wishes.processes > 1:
        workshop.warm_up()
    found = survey(dialect)
    summary = Summary(shown(str(path)), kind.title, source, wishes.dry_run, others=found.others.total())
    slugs = _planned(found, known)
    report.sums.files = found.texts
    for failure in found.failures:
        report.fail(failure)
    for left_out in found.left_out:
        report.skip(left_out)
    job = _Job(report, summary, Run(source, by, clock.now()), known, found, slugs, advance)
    tasks = [_task(entry, slugs, known) for entry in sorted(found.entries, key=_redirects_last)]
    results = workshop.prepared(
        tasks, Preparer(dialect, found.addresses), processes=wishes.processes, count=len(tasks)
    )
    for batch in queries.chunks(results, BATCH):
        job.take(batch)
    present = {entry.source for entry in found.entries} | {failure.source for failure in found.failures}
    summary.gone = sorted(known.keys() - present)
    summary.problems = [_problem(name, error) for name, error in dialect.problems]
    summary.peak_memory = max(summary.peak_memory, peak_memory())
    return summary


@dataclass(slots=True)
class _Job:
    """What the batches share."""

    report: Report
    summary: Summary
    run: Run
    known: dict[str, ImportedItem]
    found: Survey
    slugs: dict[str, str]
    advance: Advance
    done: int = 0

    def take(self, batch: list[Prepared | Failure]) -> None:
        """Store or foresee a batch, and report it."""
        ready = [result for result in batch if isinstance(result, Prepared)]
        for result in batch:
            if isinstance(result, Failure):
                self.report.fail(result)
        outcomes = self._outcomes(ready)
        if self.summary.dry_run:
            for prepared, outcome in outcomes:
                self.tell(prepared, outcome)
        else:
            self._write(outcomes)
        self.done += len(batch)
        self.advance(self.done, len(self.found.entries))

    def tell(self, prepared: Prepared, outcome: Outcome, notes: tuple[Note, ...] = ()) -> None:
        """Report an item and remember the memory that it took."""
        self.summary.peak_memory = max(self.summary.peak_memory, prepared.peak_memory)
        self.summary.stored += outcome in {Outcome.IMPORTED, Outcome.UPDATED}
        address = self.found.addresses.urls[prepared.entry.source]
        self.report.add(prepared, outcome, address=address, notes=notes)

    def _outcomes(self, ready: list[Prepared]) -> list[tuple[Prepared, Outcome]]:
        before = [self.known[one.entry.source] for one in ready if one.entry.source in self.known]
        versions = {}
        if before:
            with snapshot() as session:
                versions = dict(queries.versions(session, before))
        return [
            (one, actions.outcome(one, self.known.get(one.entry.source), versions.get(one.entry.source)))
            for one in ready
        ]

    def _write(self, outcomes: list[tuple[Prepared, Outcome]]) -> None:
        """One transaction for the batch; the report is told after the commit."""
        try:
            told: list[Told | Failure] = [self._stored(prepared, outcome) for prepared, outcome in outcomes]
        except (DomainError, IntegrityError):
            # One of them does not work. Once more, so that it alone is rolled back: savepoints for all would cost
            # every import what few need.
            db.session.rollback()
            self.run.bylines.clear()
            told = [self._stored_alone(prepared, outcome) for prepared, outcome in outcomes]
        db.session.commit()
        db.session.expunge_all()
        for result in told:
            if isinstance(result, Failure):
                self.report.fail(result)
            else:
                self.tell(*result)

    def _stored(self, prepared: Prepared, outcome: Outcome) -> Told:
        if outcome not in {Outcome.IMPORTED, Outcome.UPDATED}:
            return prepared, outcome, ()
        for author in prepared.item.authors:
            actions.byline(author, run=self.run)
        notes = actions.store(prepared, self.known.get(prepared.entry.source), run=self.run)
        return prepared, outcome, notes

    def _stored_alone(self, prepared: Prepared, outcome: Outcome) -> Told | Failure:
        source = prepared.entry.source
        try:
            for author in prepared.item.authors:
                actions.byline(author, run=self.run)
            with db.session.begin_nested():
                return self._stored(prepared, outcome)
        except StaleVersion:
            return prepared, Outcome.KEPT, ()
        except SlugTaken:
            return Failure(source, "Another text took its address meanwhile. Run the import again.")
        except IntegrityError:
            return Failure(
                source, "Another import writes the same texts. Run this one again when it is done."
            )
        except DomainError as error:
            return Failure(source, error.message)


def _task(entry: Entry, slugs: dict[str, str], known: dict[str, ImportedItem]) -> Task:
    before = known.get(entry.source)
    return Task(entry, slugs[entry.source], before.fingerprint if before else None)


def _redirects_last(entry: Entry) -> bool:
    """Their targets must be there before them; the order is otherwise that of the folder."""
    return entry.kind is Kind.REDIRECT


def _planned(found: Survey, known: dict[str, ImportedItem]) -> dict[str, str]:
    """Give each text its address, and tell the index."""
    with snapshot() as session:
        slugs = planning.planned_slugs(
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
