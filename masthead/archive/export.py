"""Writes the whole publication into an archive."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from masthead.archive import documents, records
from masthead.archive.records import RowNames
from masthead.archive.writing import MemberWriter, written
from masthead.db import snapshot
from masthead.media.models import Media
from masthead.posts.working_copy.models import WorkingCopy
from masthead.storage.store import FileStore

#: Called now and then while an archive is written; raises to stop it.
Progress = Callable[[], None]


@dataclass(slots=True)
class ExportedArchive:
    """Counts of an archive, and the sentences that its owner should read."""

    counts: dict[str, int] = field(default_factory=dict)
    #: Paths of files whose content the store does not have.
    missing: list[str] = field(default_factory=list)
    #: Posts with changes that nobody has saved; they are not in the archive.
    unsaved: int = 0

    def sentences(self) -> Iterator[str]:
        """The sentences about what is left out."""
        if self.unsaved:
            yield (
                f"{self.unsaved} posts have changes that were typed and not saved. They belong to their writers, and are left out; "
                "save them, and export again."
            )
        for path in self.missing:
            yield f"The file /media/{path} is missing in the store, so it was left out."


@contextmanager
def consistent_snapshot() -> Iterator[Session]:
    """A session that sees the database as it is now, however long it reads."""
    with snapshot() as session:
        if session.get_bind().dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def write_archive(
    path: Path, *, files: FileStore, with_passwords: bool = False, progress: Progress = lambda: None
) -> ExportedArchive:
    """Write an archive; raises `Invalid` if it cannot be written. An existing file stays until the new one is complete."""
    result = ExportedArchive()
    with consistent_snapshot() as session, written(path) as archive:
        names = RowNames.read(session)
        result.unsaved = session.scalar(select(func.count()).where(WorkingCopy.is_open)) or 0
        _write_rows(archive, session, names, result.counts, with_passwords=with_passwords)
        progress()
        _write_texts(archive, session, names, result.counts, progress)
        _write_media(archive, session, names, files, result, progress)
        archive.finish({"counts": result.counts, "with_passwords": with_passwords})
    return result


def _write_rows(
    archive: MemberWriter, session: Session, names: RowNames, counts: dict[str, int], *, with_passwords: bool
) -> None:
    roles, tags, settings = records.roles(session), records.tags(session), records.settings(session)
    archive.add_json("roles.json", roles)
    archive.add_json("settings.json", settings)
    archive.add_json("tags.json", tags)
    counts |= {"roles": len(roles), "settings": len(settings), "tags": len(tags)}
    lines = {
        "accounts": records.accounts(session, names, with_passwords=with_passwords),
        "redirects": records.redirects(session, names),
        "presets": records.presets(session),
        "embeds": records.embeds(session),
        "comments": records.comments(session, names),
        "notes": records.notes(session, names),
        "revisions": records.revisions(session, names),
        "statistics": records.statistics(session, names),
    }
    for name, found in lines.items():
        counts[name] = archive.add_lines(f"{name}.jsonl", found)


def _write_texts(
    archive: MemberWriter, session: Session, names: RowNames, counts: dict[str, int], progress: Progress
) -> None:
    counts |= {"posts": len(names.posts), "pages": len(names.pages)}
    for slug, text in documents.posts(session, names):
        archive.add(f"posts/{slug}.md", [text.encode()])
        progress()
    for slug, text in documents.pages(session, names):
        archive.add(f"pages/{slug}.md", [text.encode()])


def _write_media(
    archive: MemberWriter,
    session: Session,
    names: RowNames,
    files: FileStore,
    result: ExportedArchive,
    progress: Progress,
) -> None:
    present: dict[int, str] = {}
    keys: set[str] = set()
    columns = select(Media.id, Media.path, Media.key, Media.unedited_key)
    for row in sorted(session.execute(columns), key=lambda row: str(row.path)):
        needed = {row.key, row.unedited_key} - {None}
        if any(files.size(key) is None for key in needed):
            result.missing.append(row.path)
            continue
        present[row.id] = row.path
        keys |= needed
    result.counts["media"] = archive.add_lines("media.jsonl", records.media(session, names, list(present)))
    pictures = records.external_pictures(session, present)
    result.counts["external_pictures"] = archive.add_lines("external_pictures.jsonl", pictures)
    for key in sorted(keys):
        # Pictures and films are packed already.
        archive.add(f"media/{key}", files.chunks(key, 0, files.size(key) or 0), is_packed=False)
        progress()
    result.counts["files"] = len(keys)
