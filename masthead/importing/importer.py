"""Runs one import: scan the source, plan addresses, prepare items in worker processes, store them in batches, report.

A batch is prepared before its transaction begins, so the database is locked only while rows are written. Each batch is
committed, so an import that is stopped continues where it was when it runs again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from flask import current_app
from sqlalchemy.exc import IntegrityError

from masthead import audit, clock
from masthead.content.errors import SlugTaken, StaleVersion
from masthead.db import db, refresh_statistics, snapshot
from masthead.errors import DomainError, Invalid, NotAllowed
from masthead.importing import queries
from masthead.importing.batch import WRITTEN, ImportBatch, ImportOptions
from masthead.importing.errors import Unreadable
from masthead.importing.image_import import ImageImporter, ImportedImage
from masthead.importing.items import ImportNote, ItemFailure, ItemKind, ItemOutcome, ScannedItem
from masthead.importing.known_items import KnownItems, items_of_source
from masthead.importing.preparation import worker_pool
from masthead.importing.preparation.preparer import PreparationTask, PreparedItem, Preparer, peak_memory
from masthead.importing.reading.plain_text import printable
from masthead.importing.reporting.plan import ImportPlan, make_plan
from masthead.importing.reporting.report import ImportReport
from masthead.importing.reporting.summary import ImportSummary, unreadable_file
from masthead.importing.scan import ScanResult
from masthead.importing.site_data import SiteImage, SiteRecord
from masthead.importing.source import Source
from masthead.importing.storing import (
    actions,
    comments,
    descriptions,
    navigation,
    old_addresses,
    site_data,
    starter_content,
)
from masthead.importing.storing.run import ImportRun
from masthead.importing.urls import list_pages, slug_planning
from masthead.media import external, limits
from masthead.media import queries as media
from masthead.pages.links import ABOUT
from masthead.people import queries as accounts
from masthead.people.models import User
from masthead.people.permissions import Permission
from masthead.redirects import actions as redirects
from masthead.storage import store as storage

#: Items in one transaction: enough that commits cost little, few enough that other writers do not wait.
BATCH_SIZE: Final = 50
SOURCE_CHARACTERS: Final = 200

#: Called after each batch with the number of items done in it and the total.
Progress = Callable[[int, int], None]


class Importer:
    """One import: `scan`, then `run`, then `finish`."""

    def __init__(self, source: Source, options: ImportOptions, report: ImportReport) -> None:
        self._source = source
        self._options = options
        self._report = report
        name = (options.source or source.default_name)[:SOURCE_CHARACTERS]
        with snapshot() as session:
            by = _owner(options.author)
            self._known = items_of_source(session, name)
            images = media.paths_by_hash(session)
            copies = media.copies_by_address(session)
            # These reads must not become the beginning of a transaction that writes.
            db.session.remove()
        self._run = ImportRun(
            name, by, clock.now(), source.base_path, source.tag_pages, fetch_images=options.fetch_images
        )
        self._images = ImageImporter(
            source.images,
            None if options.dry_run else storage.current(),
            limits=limits.current(),
            known=images,
            copies=copies,
        )
        self._summary = ImportSummary(
            source.location, source.format_name, name, options.dry_run, fetch_images=options.fetch_images
        )
        self._scan = ScanResult()
        #: Sentences for the report about everything that is not an item.
        self._problems: list[str] = []

    def scan(self) -> ImportPlan:
        """Scan the source and make the plan."""
        if self._options.processes > 1:
            worker_pool.warm_up(type(self._source).__module__)
        self._scan = self._source.scan()
        self._summary.plan = make_plan(self._source, self._scan)
        return self._summary.plan

    def run(self, progress: Progress) -> None:
        """Prepare all items and, unless it is a dry run, store them."""
        writes = not self._options.dry_run
        if writes and self._source.is_own_export and self._scan.posts:
            # A whole publication: its own first texts come along, under slugs of their own.
            wanted = {(one.kind, one.slug) for one in self._scan.items}
            self._problems += starter_content.remove_unedited(wanted)
            db.session.commit()
        for batch in self._batches():
            if writes:
                self._write(batch)
                db.session.commit()
                # Without this, memory would grow with the number of items.
                db.session.expunge_all()
            self._report_batch(batch)
            progress(len(batch.results), len(self._scan.items))
        menu = self._source.navigation()
        self._problems += navigation.set_navigation(menu, self._scan, self._source.old_hosts, writes=writes)
        if writes:
            self._write_site()
            # The tables may have grown a thousandfold.
            refresh_statistics()
            self._audit()
            db.session.commit()

    def finish(self) -> ImportSummary:
        """Complete the summary of the import."""
        scan, summary = self._scan, self._summary
        failed = {one.source for one in scan.failures}
        summary.gone = sorted(one for one in self._known if one not in failed and not scan.items.has(one))
        summary.problems = [unreadable_file(name, error) for name, error in self._source.problems]
        summary.problems += self._problems
        summary.authors = sum(bool(one.bio or one.website or one.file) for one in scan.authors.values())
        summary.topics = len(scan.topics)
        summary.others = scan.other_files.total()
        summary.peak_memory = max(summary.peak_memory, peak_memory())
        return summary

    # Preparation ---------------------------------------------------------------------------------

    def _batches(self) -> Iterator[ImportBatch]:
        """Plan the addresses and prepare batch after batch. Only reads the database."""
        scan = self._scan
        with snapshot() as session:
            new = (one for one in scan.items if one.source not in self._known)
            starters = starter_content.replaceable_starters(session, new, self._run.source, self._run.at)
        for source, starter in starters.items():
            self._known.add(source, starter)
        slugs = _plan_slugs(scan, self._known)
        self._report.totals.files = scan.total
        for failure in scan.failures:
            self._report.fail(failure)
        for skipped in scan.skipped:
            self._report.skip(skipped)
        tasks = (_task(one, slugs, self._known) for one in scan.items.redirects_last())
        for records in queries.in_chunks(self._source.site_records(), BATCH_SIZE):
            yield ImportBatch(records=[self._with_image(record) for record in records])
        preparer = Preparer(self._source, scan.addresses, self._images)
        results = worker_pool.prepare_all(
            tasks, preparer, processes=self._options.processes, count=len(scan.items)
        )
        for chunk in queries.in_chunks(results, BATCH_SIZE):
            yield ImportBatch(chunk, self._outcomes(chunk))

    def _with_image(self, record: SiteRecord) -> SiteRecord | ImportedImage:
        """The record; an image record is replaced by the imported image, if it can be imported."""
        if not isinstance(record, SiteImage):
            return record
        try:
            image = self._images.import_file(record.file)
        except Unreadable as error:
            self._problems.append(f"{printable(record.file)} was left out: {error.message}")
            return record
        if image.url != record.url:
            self._problems.append(f"{printable(record.file)} was changed; it is {image.url} here.")
        return replace(image, name=record.name, alt=record.alt)

    def _outcomes(self, results: list[PreparedItem | ItemFailure]) -> dict[str, ItemOutcome]:
        prepared = [one for one in results if isinstance(one, PreparedItem)]
        before = [self._known[one.item.source] for one in prepared if one.item.source in self._known]
        with snapshot() as session:
            versions = queries.versions(session, before)
        return {
            source: actions.outcome(one, self._known.get(source), versions.get(source))
            for one in prepared
            for source in (one.item.source,)
        }

    # Storage -------------------------------------------------------------------------------------

    def _write(self, batch: ImportBatch) -> None:
        self._problems += site_data.restore(batch.records, run=self._run)
        try:
            batch.notes = self._store(batch.to_write())
        except (DomainError, IntegrityError):
            # One item failed. Store the batch again, each item in a savepoint, so that only this one is rolled back;
            # savepoints for every item of every batch would slow down imports without failures.
            db.session.rollback()
            self._run.reset()
            batch.notes = {}
            for prepared in batch.to_write():
                self._store_alone(prepared, batch)
        self._store_comments(batch)
        self._problems += self._run.renamed
        self._run.renamed.clear()

    def _store_comments(self, batch: ImportBatch) -> None:
        """Store the comments of all items, changed or not, and none of them if one cannot be stored."""
        db.session.flush()
        try:
            with db.session.begin_nested():
                comments.store(batch.readable(), run=self._run)
        except (DomainError, IntegrityError):
            self._run.reset()
            self._problems.append("Some comments could not be stored now. Run the import again for them.")

    def _store(self, items: list[PreparedItem]) -> dict[str, tuple[ImportNote, ...]]:
        actions.resolve_bylines((author for one in items for author in one.item.authors), run=self._run)
        with db.session.no_autoflush:
            stored = actions.store([(one, self._known.get(one.item.source)) for one in items], run=self._run)
        db.session.flush()
        return old_addresses.record(stored, run=self._run)

    def _store_alone(self, prepared: PreparedItem, batch: ImportBatch) -> None:
        source = prepared.item.source
        try:
            # Outside of the savepoint, because other items of the batch may have the same authors.
            actions.resolve_bylines(prepared.item.authors, run=self._run)
            db.session.flush()
            with db.session.begin_nested():
                batch.notes |= self._store([prepared])
        except StaleVersion:
            batch.outcomes[source] = ItemOutcome.KEPT
        except SlugTaken:
            batch.failures[source] = ItemFailure(
                source, "Another text took its address meanwhile. Run the import again."
            )
        except IntegrityError:
            batch.failures[source] = ItemFailure(
                source, "Another import writes the same texts. Run this one again later."
            )
        except DomainError as error:
            batch.failures[source] = ItemFailure(source, error.message)

    def _write_site(self) -> None:
        """Describe authors and tags, and redirect feeds and lists of the old site, when all items are stored."""
        if self._source.is_own_export or not self._scan.posts:
            return
        self._problems += descriptions.describe(self._scan, run=self._run) + self._run.renamed
        self._run.renamed.clear()
        feeds, parents = self._source.feeds(), self._scan.parents
        redirects.keep_all(
            list_pages.list_redirects(feeds, self._source.base_path, parents, self._scan.addresses)
        )

    def _audit(self) -> None:
        outcomes = {outcome.value: count for outcome, count in self._report.totals.outcomes.items() if count}
        by, owner = self._options.by, self._run.by.username
        audit.record("import.finished", by=by, subject=self._run.source, owner=owner, **outcomes)

    # Report --------------------------------------------------------------------------------------

    def _report_batch(self, batch: ImportBatch) -> None:
        for result in batch.results:
            failure = result if isinstance(result, ItemFailure) else batch.failures.get(result.item.source)
            if failure is not None:
                self._report.fail(failure)
            elif isinstance(result, PreparedItem):
                self._report_item(result, batch)

    def _report_item(self, prepared: PreparedItem, batch: ImportBatch) -> None:
        source = prepared.item.source
        outcome = batch.outcomes[source]
        self._summary.peak_memory = max(self._summary.peak_memory, prepared.peak_memory)
        self._summary.stored += outcome in WRITTEN
        if outcome in WRITTEN and prepared.rendered is not None:
            addresses = external.addresses_in(prepared.rendered.html)
            self._summary.external_pictures.update(dict.fromkeys(addresses))
        address = self._scan.addresses.urls[source]
        self._report.add(prepared, outcome, address=address, notes=batch.notes.get(source, ()))


def _task(scanned: ScannedItem, slugs: Mapping[str, str], known: KnownItems) -> PreparationTask:
    before = known.get(scanned.source)
    if before is None:
        return PreparationTask(scanned, slugs[scanned.source], None)
    return PreparationTask(scanned, slugs[scanned.source], before.fingerprint, before.comments_fingerprint)


def _plan_slugs(scan: ScanResult, known: KnownItems) -> Mapping[str, str]:
    """Give each item its slug, and add the new addresses to the index."""
    with snapshot() as session:
        slugs = slug_planning.plan_slugs(
            scan.items, known, lambda kind, wanted: queries.taken_slugs(session, kind, wanted)
        )
    for one in scan.items:
        is_redirect = one.kind is ItemKind.REDIRECT
        scan.addresses.urls[one.source] = "" if is_redirect else _url(one.kind, slugs[one.source])
    return slugs


def _url(kind: ItemKind, slug: str) -> str:
    """The path of a post or page, built by the routes without a request."""
    urls = current_app.url_map.bind("")
    if kind is ItemKind.PAGE:
        return urls.build("pages.about") if slug == ABOUT else urls.build("pages.show", {"slug": slug})
    return urls.build("site.post", {"slug": slug})


def _owner(username: str | None) -> User:
    """The owner of imported texts: the named user, or the first administrator."""
    by = (
        accounts.by_username_or_email(username)
        if username
        else db.session.scalar(queries.first_administrator())
    )
    if by is None:
        raise Invalid(
            "Nobody has an account yet who could own the texts. Open the set-up link that `masthead serve` prints, or "
            "make an account with `masthead user create NAME ADDRESS --role administrator`, and import again."
        )
    if not by.can(Permission.WRITE) or not by.can(Permission.PUBLISH):
        raise NotAllowed(f"{by.username} may not publish posts. Name somebody who may with --author.")
    return by
