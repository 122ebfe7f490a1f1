"""Reads the dates of a text and its publication status."""

from datetime import UTC, datetime
from typing import Final

from masthead.importing.errors import Unreadable
from masthead.importing.items import ItemKind, NoteCollector, PublicationStatus
from masthead.importing.markdown.dialect import Dialect, PathInfo
from masthead.importing.reading import dates
from masthead.importing.reading.fields import FrontMatterFields, Value, as_text

PUBLISHED_FIELDS: Final = (
    "date",
    "publishDate",
    "pubDate",
    "published_at",
    "published_on",
    "publish_date",
    "created",
    "created_at",
)
#: Eleventy's names for dates that it computes.
_COMPUTED: Final = frozenset({"created", "last modified", "git created", "git last modified"})
UPDATED_FIELDS: Final = ("lastmod", "last_modified_at", "updated", "updated_at", "modified", "last_updated")


def published_at(dialect: Dialect, info: PathInfo, fields: FrontMatterFields) -> datetime | None:
    """The publication date, from the front matter or the file's name. Raises `Unreadable` for an invalid date."""
    value = _written(info, fields)
    if value is None:
        return None
    try:
        at = dates.parse_date(value, dialect.zone, month_first=dialect.month_comes_first)
    except ValueError as error:
        raise Unreadable(str(error), line=fields.line(*PUBLISHED_FIELDS)) from None
    # Hugo publishes a text at `publishDate`, even if its date is earlier.
    visible = _visible_from(dialect, fields)
    return visible if visible is not None and visible > max(at, dialect.options.now) else at


def _written(info: PathInfo, fields: FrontMatterFields) -> Value:
    """The unparsed date in the file or its name; None if the generator computed it."""
    value = fields.value(*PUBLISHED_FIELDS)
    if info.date and (value is None or info.file_name_date_wins):
        value = info.date
    return None if value is None or as_text(value).strip().lower() in _COMPUTED else value


def local_date(dialect: Dialect, info: PathInfo, fields: FrontMatterFields, at: datetime) -> datetime:
    """The date as old addresses have it, in the time zone of the site or of the text."""
    value = _written(info, fields)
    if not dialect.dates_keep_zone or value is None:
        return at.astimezone(dialect.zone)
    return dates.parse_local_date(value, dialect.zone, month_first=dialect.month_comes_first)


def file_date(dialect: Dialect, path: str, notes: NoteCollector) -> datetime:
    """The modification time of the file, for a text without a date."""
    notes.changed(
        "no date", "the file does not say when it was published; the time of its last change is used"
    )
    return datetime.fromtimestamp(int(dialect.folder.changed_at(path)), UTC)


def updated_at(
    dialect: Dialect, fields: FrontMatterFields, at: datetime | None, notes: NoteCollector
) -> datetime | None:
    """The date of the last change, if it is later than the publication."""
    value = fields.value(*UPDATED_FIELDS)
    if value is None:
        return None
    try:
        updated_at = dates.parse_date(value, dialect.zone)
    except ValueError as error:
        notes.lost("date of the last change", str(error), line=fields.line(*UPDATED_FIELDS))
        return None
    return updated_at if at is None or updated_at > at else None


def status_of(
    dialect: Dialect, info: PathInfo, fields: FrontMatterFields, at: datetime | None, notes: NoteCollector
) -> PublicationStatus:
    """The status that the text gets here."""
    now = dialect.options.now
    status = fields.text("status").lower()
    if info.is_draft or fields.flag("draft") or status in {"draft", "hidden", "private", "skip"}:
        return PublicationStatus.DRAFT
    if fields.text("published") and fields.flag("published") is False:
        return PublicationStatus.DRAFT
    if fields.value("permalink") == "false" or fields.value("permalink") is False:
        notes.changed("not published", "`permalink: false` keeps a text from being published: a draft now")
        return PublicationStatus.DRAFT
    expiry = fields.value("expiryDate", "unpublishDate", "expires")
    if expiry is not None and _has_expired(dialect, expiry, fields, notes):
        return PublicationStatus.DRAFT
    if info.kind is ItemKind.POST and at is not None and at > now:
        if dialect.options.publish_future:
            return PublicationStatus.SCHEDULED
        day = f"{at:%Y-%m-%d}"
        notes.changed("date in the future", f"{day} has not come: a draft now; --publish-future schedules it")
        return PublicationStatus.DRAFT
    return PublicationStatus.PUBLISHED


def _visible_from(dialect: Dialect, fields: FrontMatterFields) -> datetime | None:
    value = fields.value("publishDate")
    try:
        return dates.parse_date(value, dialect.zone) if value is not None else None
    except ValueError:
        return None


def _has_expired(dialect: Dialect, expiry: Value, fields: FrontMatterFields, notes: NoteCollector) -> bool:
    try:
        end = dates.parse_date(expiry, dialect.zone)
    except ValueError as error:
        notes.lost("expiry", str(error), line=fields.line("expiryDate", "unpublishDate", "expires"))
        return False
    if end <= dialect.options.now:
        notes.changed("expired", f"it was public until {end:%Y-%m-%d}: a draft now")
        return True
    notes.lost("expiry", f"it should disappear on {end:%Y-%m-%d}; unpublish it then")
    return False
