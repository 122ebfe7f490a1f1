"""When a text was published, and whether it is a draft, public, or not public yet."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from masthead.importing.errors import Unreadable
from masthead.importing.items import Kind, Notebook, Standing
from masthead.importing.reading import dates
from masthead.importing.reading.fields import Fields, Value, as_text

if TYPE_CHECKING:
    from masthead.importing.markdown.dialects.base import Dialect, Place

PUBLISHING: Final = (
    "date",
    "publishDate",
    "pubDate",
    "published_at",
    "published_on",
    "publish_date",
    "created",
    "created_at",
)
#: Eleventy's words for dates that its program finds out.
_COMPUTED: Final = frozenset({"created", "last modified", "git created", "git last modified"})
UPDATING: Final = ("lastmod", "last_modified_at", "updated", "updated_at", "modified", "last_updated")


def published(dialect: "Dialect", place: "Place", fields: Fields) -> datetime | None:
    """The date of a text: its own, or that of the file's name. Raises `Unreadable` for one that is none."""
    value = _written(place, fields)
    if value is None:
        return None
    try:
        at = dates.moment(value, dialect.zone, month_first=dialect.writes_month_first)
    except ValueError as error:
        raise Unreadable(str(error), line=fields.line(*PUBLISHING)) from None
    # Hugo shows a text from `publishDate` on, whatever its date is.
    visible = _visible_from(dialect, fields)
    return visible if visible is not None and visible > max(at, dialect.options.now) else at


def _written(place: "Place", fields: Fields) -> Value:
    """The date as it stands in the file, or in its name; None where the generator found it out."""
    value = fields.value(*PUBLISHING)
    if place.date and (value is None or place.date_counts_first):
        value = place.date
    return None if value is None or as_text(value).strip().lower() in _COMPUTED else value


def local(dialect: "Dialect", place: "Place", fields: Fields, at: datetime) -> datetime:
    """The date that addresses are made of: in the site's time zone, or in the zone that it is written in."""
    value = _written(place, fields)
    if not dialect.dates_keep_their_zone or value is None:
        return at.astimezone(dialect.zone)
    return dates.local(value, dialect.zone, month_first=dialect.writes_month_first)


def file_date(dialect: "Dialect", path: str, notes: Notebook) -> datetime:
    """The date of a text that names none."""
    notes.changed(
        "no date", "the file does not say when it was published; the time of its last change is used"
    )
    return datetime.fromtimestamp(int(dialect.folder.changed_at(path)), UTC)


def updated(dialect: "Dialect", fields: Fields, at: datetime | None, notes: Notebook) -> datetime | None:
    """When the text was last changed, if that was after it was published."""
    value = fields.value(*UPDATING)
    if value is None:
        return None
    try:
        updated = dates.moment(value, dialect.zone)
    except ValueError as error:
        notes.lost("date of the last change", str(error), line=fields.line(*UPDATING))
        return None
    return updated if at is None or updated > at else None


def standing(
    dialect: "Dialect", place: "Place", fields: Fields, at: datetime | None, notes: Notebook
) -> Standing:
    """Whether readers saw the text, and whether they should see it now."""
    now = dialect.options.now
    status = fields.text("status").lower()
    if place.is_draft or fields.flag("draft") or status in {"draft", "hidden", "private", "skip"}:
        return Standing.DRAFT
    if fields.text("published") and fields.flag("published") is False:
        return Standing.DRAFT
    if fields.value("permalink") == "false" or fields.value("permalink") is False:
        notes.changed("not published", "`permalink: false` keeps a text from being published: a draft now")
        return Standing.DRAFT
    expiry = fields.value("expiryDate", "unpublishDate", "expires")
    if expiry is not None and _has_expired(dialect, expiry, fields, notes):
        return Standing.DRAFT
    if place.kind is Kind.POST and at is not None and at > now:
        if dialect.options.publish_future:
            return Standing.SCHEDULED
        day = f"{at:%Y-%m-%d}"
        notes.changed("date in the future", f"{day} has not come: a draft now; --publish-future schedules it")
        return Standing.DRAFT
    return Standing.PUBLISHED


def _visible_from(dialect: "Dialect", fields: Fields) -> datetime | None:
    value = fields.value("publishDate")
    try:
        return dates.moment(value, dialect.zone) if value is not None else None
    except ValueError:
        return None


def _has_expired(dialect: "Dialect", expiry: Value, fields: Fields, notes: Notebook) -> bool:
    try:
        end = dates.moment(expiry, dialect.zone)
    except ValueError as error:
        notes.lost("expiry", str(error), line=fields.line("expiryDate", "unpublishDate", "expires"))
        return False
    if end <= dialect.options.now:
        notes.changed("expired", f"it was public until {end:%Y-%m-%d}: a draft now")
        return True
    notes.lost("expiry", f"it should disappear on {end:%Y-%m-%d}; unpublish it then")
    return False
