"""Makes exports, as jobs."""

import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from flask import current_app
from sqlalchemy import update

from masthead import audit, clock
from masthead.db import db, snapshot
from masthead.errors import DomainError
from masthead.exporting.browser import files
from masthead.exporting.browser.models import ExportFormat, ExportState, RequestedExport
from masthead.jobs import task
from masthead.people.models import User
from masthead.settings.queries import publication
from masthead.storage import store as storage
from masthead.storage.errors import StoreUnavailable


@task("exporting.make", writes=True, attempts=3)
def make(export_id: int) -> str | None:
    """Make an export; a job that runs twice makes it anew."""
    found = db.session.get(RequestedExport, export_id)
    kind = ExportFormat(found.kind) if found is not None and found.state == ExportState.WORKING else None
    owner_id = found.owner_id if found is not None else None
    db.session.rollback()
    if kind is None:
        return None
    try:
        path = files.prepare(export_id)
        sentences = _MAKERS[kind](path)
    except (DomainError, StoreUnavailable, OSError) as error:
        files.delete(export_id)
        _end(export_id, ExportState.FAILED, [f"{getattr(error, 'message', error)}"])
        return str(error)
    owner = db.session.get(User, owner_id) if owner_id is not None else None
    audit.record("export.made", by=owner, format=kind.value)
    _end(export_id, ExportState.DONE, sentences)
    return sentences[0]


def _archive(path: Path) -> list[str]:
    # Imported here because the server, which only lists tasks, starts without it.
    from masthead.archive.export import write_archive

    result = write_archive(path, files=storage.current())
    return [_contents(result.counts), *result.sentences()]


def _contents(counts: Mapping[str, int]) -> str:
    """Say how much of what a file holds, in words that are right for one and for many."""
    words = ", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counts.items() if count)
    return f"{words[:1].upper()}{words[1:]}." if words else "The file is empty."


def _markdown(path: Path) -> list[str]:
    from masthead.exporting import markdown
    from masthead.exporting.folder import ExportFolder

    with tempfile.TemporaryDirectory(dir=path.parent, prefix="folder-") as temporary:
        folder = Path(temporary) / "publication"
        with snapshot() as session:
            tally = markdown.write_export(ExportFolder(folder), session=session, files=storage.current())
        partial = path.with_suffix(".part")
        with (
            os.fdopen(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            for one in sorted(folder.rglob("*")):
                if one.is_file():
                    archive.write(one, one.relative_to(folder.parent))
        partial.replace(path)
    missing = [f"The file /media/{one} is missing in the store, so it was left out." for one in tally.missing]
    return [_contents({"posts": tally.posts, "pages": tally.pages, "pictures": tally.pictures}), *missing]


def _wordpress(path: Path) -> list[str]:
    from masthead.exporting.new_file import new_file
    from masthead.exporting.wordpress.export import write_wordpress

    site, url = publication(), current_app.config["SITE_URL"]
    with (
        snapshot() as session,
        new_file(path) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("wordpress.xml", "w", force_zip64=True) as member,
    ):
        tally = write_wordpress(member, site, session=session, url=url, at=clock.now())
    contents = _contents({"posts": tally.posts, "pages": tally.pages, "comments": tally.comments})
    return [contents, "WordPress fetches the pictures from this site."]


def _ghost(path: Path) -> list[str]:
    from masthead.exporting.ghost.export import GhostOptions, write_ghost
    from masthead.exporting.new_file import new_file

    site, options = publication(), GhostOptions(current_app.config["SITE_URL"], clock.now(), as_zip=True)
    with snapshot() as session, new_file(path) as file:
        tally = write_ghost(file, site, options, session=session, files=storage.current())
    missing = [f"The file /media/{one} is missing in the store, so it was left out." for one in tally.missing]
    return [_contents({"posts": tally.posts, "pages": tally.pages, "files": tally.files}), *missing]


_MAKERS: Final[Mapping[ExportFormat, Callable[[Path], list[str]]]] = {
    ExportFormat.ARCHIVE: _archive,
    ExportFormat.MARKDOWN: _markdown,
    ExportFormat.WORDPRESS: _wordpress,
    ExportFormat.GHOST: _ghost,
}


def _end(export_id: int, state: ExportState, sentences: list[str]) -> None:
    values = {"state": state.value, "summary": "\n".join(sentences)}
    db.session.execute(update(RequestedExport).where(RequestedExport.id == export_id).values(values))
    db.session.commit()
