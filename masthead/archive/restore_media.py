"""Restores the media library. A file is stored before its row, so that no row is ever without its file."""

import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import exists, select

from masthead.archive import parsing, tables
from masthead.archive.records import in_batches
from masthead.archive.restore_run import RestoredItem, RestoreOutcome, RestoreRun
from masthead.db import db, insert_unique, snapshot
from masthead.embeds.models import Embed
from masthead.errors import Conflict
from masthead.jobs import enqueue
from masthead.media import external, tasks, usage
from masthead.media.links import PREFIX
from masthead.media.models import ExternalPicture, Media, MediaStatus, MediaUsage
from masthead.media.receivers import PROFILE
from masthead.media.uploads import portraits
from masthead.people.models import User
from masthead.presets.models import PostTemplate, Snippet
from masthead.settings.queries import publication
from masthead.storage import store as storage
from masthead.storage.errors import StoreUnavailable
from masthead.storage.store import FileStore

FILES_AT_ONCE = 20
#: The kind of place under which `masthead.embeds` records files.
_EMBED = "embed"
_DRAWING = "image/svg+xml"


def restore_media(run: RestoreRun) -> None:
    """Add the files that are missing."""
    files = storage.current()
    for batch in in_batches(run.archive.lines("media.jsonl"), FILES_AT_ONCE):
        found = [
            (parsing.file(fields, f"media.jsonl, line {number}", run.index), fields)
            for number, fields in batch
        ]
        outcomes = _outcomes([one for one, _ in found])
        for one, fields in found:
            item = outcomes[one["path"]]
            if item.outcome is RestoreOutcome.IMPORTED and not run.dry_run:
                _store(one, files, run)
                db.session.add(_row(one, run.user(fields.get("owner"))))
                run.written["media"] += 1
        if not run.dry_run:
            db.session.commit()
            db.session.expunge_all()
        for item in outcomes.values():
            run.tell(item)


def _outcomes(found: list[dict[str, Any]]) -> dict[str, RestoredItem]:
    with snapshot() as session:
        hashes = {one["content_hash"] for one in found}
        paths = dict(
            session.execute(
                select(Media.path, Media.content_hash).where(Media.path.in_(one["path"] for one in found))
            ).all()
        )
        elsewhere = dict(
            session.execute(
                select(Media.content_hash, Media.path).where(Media.content_hash.in_(hashes))
            ).all()
        )
    outcomes = {}
    for one in found:
        path, outcome, reason = one["path"], RestoreOutcome.IMPORTED, ""
        if path in paths:
            is_same = paths[path] == one["content_hash"]
            outcome = RestoreOutcome.UNCHANGED if is_same else RestoreOutcome.KEPT
        elif one["content_hash"] in elsewhere:
            outcome = RestoreOutcome.FAILED
            reason = f"The same file is here as /media/{elsewhere[one['content_hash']]}."
        outcomes[path] = RestoredItem(f"media/{path}", "media", outcome, title=one["name"], reason=reason)
    return outcomes


def _store(found: dict[str, Any], files: FileStore, run: RestoreRun) -> None:
    try:
        for key in {found["key"], found["unedited_key"]} - {None}:
            name = f"media/{key}"
            if files.size(key) == run.archive.size(name):
                continue
            with tempfile.TemporaryDirectory(prefix="masthead-") as folder:
                copy = Path(folder) / "file"
                with copy.open("wb") as file:
                    for chunk in run.archive.chunks(name):
                        file.write(chunk)
                files.put_file(key, copy)
    except (StoreUnavailable, OSError) as error:
        raise Conflict(
            f"The files cannot be stored: {error}. Everything before is; make room, and import again."
        ) from None


def _row(found: dict[str, Any], owner_id: int | None) -> Media:
    is_ready = found["kind"] != "image" or found["media_type"] == _DRAWING
    status = MediaStatus.READY if is_ready else MediaStatus.PROCESSING
    return Media(**found, owner_id=owner_id, status=status)


def restore_pictures_of_others(run: RestoreRun) -> None:
    """Restore the copies of other sites' pictures, and the cards of their pages, before texts are rendered with them."""
    for number, fields in run.archive.lines("external_pictures.jsonl"):
        found = parsing.parse(tables.EXTERNAL_PICTURES, fields, f"external_pictures.jsonl, line {number}")
        media_id = db.session.scalar(select(Media.id).where(Media.path == fields["media"]))
        if media_id is not None:
            key = external.hash_of(found["address"])
            insert_unique(ExternalPicture, ExternalPicture.address_hash, key, **found, media_id=media_id)
    for number, fields in run.archive.lines("embeds.jsonl"):
        found = parsing.parse(tables.EMBEDS, fields, f"embeds.jsonl, line {number}")
        insert_unique(Embed, Embed.address_hash, external.hash_of(found["address"]), **found)
    db.session.commit()


def record_uses(run: RestoreRun) -> None:
    """Record which rows show a file, which were restored before the files were, or by a statement."""
    shown = select(User.id, User.avatar).where(User.id.in_(run.users.values()), User.avatar.is_not(None))
    for user_id, avatar in db.session.execute(shown).all():
        usage.note(PROFILE, user_id, [avatar], is_public=False)
    portraits.note_pictures({"logo": publication().logo, "icon": publication().icon})
    for preset in (PostTemplate, Snippet):
        for preset_id, body in _showing(preset, preset.body, preset.EVENTS):
            usage.note(preset.EVENTS, preset_id, [body], is_public=True)
    for embed_id, picture in _showing(Embed, Embed.picture, _EMBED):
        usage.note(_EMBED, embed_id, [picture], is_public=False)
    enqueue(tasks.make_variants, unique_key="media.variants")
    db.session.commit()


def _showing(model: type[Any], column: Any, kind: str) -> list[tuple[int, str]]:
    """The rows that show files of the library, of which no use is recorded."""
    recorded = exists().where(MediaUsage.kind == kind, MediaUsage.object_id == model.id)
    found = db.session.execute(select(model.id, column).where(column.contains(PREFIX), ~recorded))
    return [(row_id, text) for row_id, text in found]
