"""Restores what belongs to a post: revisions, comments, notes and views."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import insert, update

from masthead.archive import parsing, tables
from masthead.archive.reading import ArchiveReader
from masthead.archive.records import in_batches
from masthead.archive.restore_run import RestoreRun
from masthead.comments.models import Comment, CommentStatus
from masthead.db import db
from masthead.media import usage
from masthead.posts.models import DailyViews, ReviewNote, Revision, RevisionByline
from masthead.posts.previews.models import PreviewNote
from masthead.text.markdown.renderer import render
from masthead.text.profiles import SanitiserProfile

#: Rows of one statement; revisions hold whole texts.
ROWS_AT_ONCE: Final = 50
#: The columns of a revision that show files.
_SHOWING_FILES: Final = ("body", "lead_image", "card_image")
Line = tuple[str, dict[str, Any]]


class LinesOfPosts:
    """The lines of a member, post by post, in the order of the slugs. Only one line is held."""

    def __init__(self, archive: ArchiveReader, name: str) -> None:
        self._name = name
        self._lines = archive.lines(name)
        self._next = next(self._lines, None)

    def of(self, slug: str) -> Iterator[Line]:
        """The places and records of the next post; those of posts before it are passed over."""
        while self._next is not None and str(self._next[1]["post"]) <= slug:
            number, fields = self._next
            self._next = next(self._lines, None)
            if fields["post"] == slug:
                yield f"{self._name}, line {number}", fields


class BelowPosts:
    """All lines that belong to posts."""

    def __init__(self, archive: ArchiveReader) -> None:
        self.comments = LinesOfPosts(archive, "comments.jsonl")
        self.notes = LinesOfPosts(archive, "notes.jsonl")
        self.revisions = LinesOfPosts(archive, "revisions.jsonl")
        self.statistics = LinesOfPosts(archive, "statistics.jsonl")


def restore_revisions(post_id: int, lines: Iterator[Line], run: RestoreRun) -> None:
    """Add the revisions of a post."""
    for batch in in_batches(lines, ROWS_AT_ONCE):
        rows, bylines = [], []
        for place, fields in batch:
            found = run.localized(parsing.parse(tables.REVISIONS, fields, place))
            rows.append(found | {"post_id": post_id, "author_id": run.user(fields["author"])})
            bylines += [
                {
                    "post_id": post_id,
                    "number": found["number"],
                    "position": position,
                    "user_id": run.user(name),
                }
                for position, name in enumerate(fields.get("bylines") or [])
            ]
        db.session.execute(insert(Revision), rows)
        usage.add("revision", post_id, (row[name] for row in rows for name in _SHOWING_FILES))
        if bylines:
            db.session.execute(insert(RevisionByline), bylines)
        run.written["revisions"] += len(rows)


def restore_views(post_id: int, lines: Iterator[Line]) -> None:
    """Add the views of a post on each day."""
    for batch in in_batches(lines, ROWS_AT_ONCE):
        rows = [
            parsing.parse(tables.STATISTICS, fields, place) | {"post_id": post_id} for place, fields in batch
        ]
        db.session.execute(insert(DailyViews), rows)


def restore_notes(post_id: int, lines: Iterator[Line], run: RestoreRun) -> None:
    """Add the notes of editors and of visitors of previews."""
    for place, fields in lines:
        if fields["kind"] == "review":
            found = parsing.parse(tables.REVIEW_NOTES, fields, place)
            db.session.add(ReviewNote(**found, post_id=post_id, author_id=run.user(fields["author"])))
        else:
            db.session.add(PreviewNote(**parsing.parse(tables.PREVIEW_NOTES, fields, place), post_id=post_id))
    db.session.flush()


def restore_comments(post_id: int, lines: list[Line], run: RestoreRun) -> int:
    """Add the comments of a post, one level of the threads after the other; the number of approved ones."""
    depths: dict[int, int] = {}
    levels: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        parent = line[1].get("parent")
        depth = depths[parent] + 1 if parent is not None else 0
        depths[line[1]["number"]] = depth
        levels[depth].append(line)
    ids: dict[int, int] = {}
    approved = 0
    for depth in sorted(levels):
        for batch in in_batches(levels[depth], ROWS_AT_ONCE):
            rows = [_comment(place, fields, post_id, depth, ids, run) for place, fields in batch]
            approved += sum(row["status"] is CommentStatus.APPROVED for row in rows)
            made = db.session.scalars(
                insert(Comment).returning(Comment.id, sort_by_parameter_order=True), rows
            )
            ids |= dict(zip((fields["number"] for _, fields in batch), made, strict=True))
    _answer(lines, ids)
    run.written["comments"] += len(ids)
    return approved


def _comment(
    place: str, fields: dict[str, Any], post_id: int, depth: int, ids: dict[int, int], run: RestoreRun
) -> dict[str, Any]:
    found = run.localized(parsing.parse(tables.COMMENTS, fields, place))
    rendered = render(found["body"], profile=SanitiserProfile.COMMENT)
    return found | {
        "post_id": post_id,
        "depth": depth,
        "parent_id": ids.get(fields.get("parent", 0)),
        "reply_to_id": None,
        "author_id": run.user(fields["author"]),
        "decided_by_id": run.user(fields.get("decided_by")),
        "html": rendered.html,
    }


def _answer(lines: list[Line], ids: dict[int, int]) -> None:
    """Record which comment each one answers; at the deepest level that is one beside it."""
    for _, fields in lines:
        answered = fields.get("reply_to")
        if answered is not None:
            change = update(Comment).where(Comment.id == ids[fields["number"]])
            db.session.execute(
                change.values(reply_to_id=ids[answered]), execution_options={"synchronize_session": False}
            )
