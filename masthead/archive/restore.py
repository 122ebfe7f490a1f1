"""Imports an archive: checks all of it, then adds what is missing here, in small transactions.

Nothing that is here is overwritten. An import that was interrupted goes on when it runs again, since whatever it has
stored is found by its name.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import exists, select

from masthead import audit
from masthead.archive import checking, parsing, reading, restore_media, restore_people, restore_texts, tables
from masthead.archive.restore_run import RestoredItem, RestoreRun
from masthead.audit.recording import Actor
from masthead.db import db, insert_unique, refresh_statistics
from masthead.media.models import Media
from masthead.pages.models import Page
from masthead.posts.models import Post
from masthead.redirects.models import Redirect, Target

#: Removes the unedited first texts of a new publication.
RemoveStarters = Callable[[], list[str]]


@contextmanager
def opened_run(
    path: Path, *, at: datetime, tell: Callable[[RestoredItem], None], dry_run: bool = False
) -> Iterator[RestoreRun]:
    """Open and check an archive for an import; raises `BadArchive`."""
    with reading.opened(path) as archive:
        yield RestoreRun(archive, checking.check(archive), at, tell, dry_run)


def restore(run: RestoreRun, remove_starters: RemoveStarters, *, by: Actor | None = None) -> None:
    """Add everything that is missing."""
    run.problems += run.index.sentences()
    if run.dry_run:
        restore_media.restore_media(run)
        restore_texts.restore_posts(run)
        restore_texts.restore_pages(run)
        return
    run.problems += remove_starters()
    run.is_into_empty = not any(
        db.session.scalar(select(exists(select(model.id)))) for model in (Post, Page, Media)
    )
    restore_people.restore_settings(run)
    restore_people.restore_roles(run)
    restore_people.restore_accounts(run)
    restore_people.restore_tags(run)
    restore_people.restore_presets(run)
    restore_media.restore_media(run)
    restore_media.restore_pictures_of_others(run)
    restore_media.record_uses(run)
    restore_texts.restore_posts(run)
    restore_texts.restore_pages(run)
    _restore_redirects(run)
    refresh_statistics()
    audit.record("import.finished", by=by, subject="Masthead archive", **run.written)
    db.session.commit()


def _restore_redirects(run: RestoreRun) -> None:
    """Add the redirects from paths that lead nowhere here."""
    known = {Target.POST: run.posts, Target.PAGE: run.pages, Target.TAG: run.tags, Target.AUTHOR: run.users}
    for number, fields in run.archive.lines("redirects.jsonl"):
        found = parsing.parse(tables.REDIRECTS, fields, f"redirects.jsonl, line {number}")
        kind = Target(found["kind"])
        target = None if kind is Target.URL else known[kind].get(str(fields["target"]))
        if kind is not Target.URL and target is None:
            # The text could not be imported, and the report says so.
            continue
        path = found.pop("path")
        if insert_unique(Redirect, Redirect.path, path, **found, target_id=target):
            run.written["redirects"] += 1
