"""The API of the settings and the audit log. Their packages lie below accounts, where no permission exists."""

from typing import Any

from flask import Blueprint, Response
from sqlalchemy import Select

from masthead.admin.schemas import Event, Events, EventsQuery, Link, SettingsAnswer, SettingsChange
from masthead.audit import queries
from masthead.audit.models import AuditEvent
from masthead.db import db, paginate
from masthead.errors import Invalid, Mistakes
from masthead.media.uploads.portraits import check_picture, note_pictures
from masthead.people.access import current_user, requires
from masthead.people.permissions import Permission
from masthead.settings import actions, navigation
from masthead.settings.publication import NavLink
from masthead.settings.queries import publication
from masthead.web.api.operations import Answer, check_match, commit_and_answer, operation, tag_of
from masthead.web.api.paging import cursor_of, links, numbered, page_links, position

settings = Blueprint("settings_api", __name__)
log = Blueprint("audit_api", __name__)


@settings.get("")
@requires(Permission.MANAGE_SETTINGS)
@operation("Read the settings", tag="settings", answer=SettingsAnswer, problems=(403,), is_conditional=True)
def show() -> Answer:
    """The settings of the publication."""
    return _present()


def _present() -> Answer:
    return Answer(SettingsAnswer.of(publication()))


def _mistakes(said: dict[str, Any]) -> tuple[Invalid, ...]:
    """Return the mistakes in the members that have a valid type."""
    mistakes = Mistakes()
    with mistakes:
        actions.check_title(said.get("title"))
    with mistakes:
        _check_navigation(tuple(_link(link) for link in said.get("navigation") or ()))
    for name in ("logo", "icon"):
        with mistakes:
            present = getattr(publication(), name)
            check_picture(said.get(name), present=present, field=name, by=current_user())
    return mistakes.found


def _link(link: dict[str, str] | Link) -> NavLink:
    return NavLink(link.label, link.path) if isinstance(link, Link) else NavLink(**link)


@settings.patch("")
@requires(Permission.MANAGE_SETTINGS)
@operation(
    "Change the settings",
    tag="settings",
    body=SettingsChange,
    answer=SettingsAnswer,
    problems=(403, 412, 428),
    is_conditional=True,
    validator=_mistakes,
)
def change(body: SettingsChange) -> Response:
    """Change settings. The next request to any page shows them."""
    values = body.given()
    Mistakes(_mistakes(body.model_dump(exclude_unset=True))).settle()
    check_match(tag_of(SettingsAnswer.of(publication())))
    actions.change(current_user(), **values)
    note_pictures(values)
    return commit_and_answer(_present)


def _check_navigation(wanted: tuple[NavLink, ...]) -> None:
    """Raise `Invalid` unless the form would accept these links, too."""
    if navigation.parse(navigation.written(wanted)) != wanted:
        raise Invalid("A label has no bar, no line break, and no white space around it.", field="navigation")


@log.get("")
@requires(Permission.READ_AUDIT)
@operation("Read the audit log", tag="audit", query=EventsQuery, answer=Events, problems=(403, 404))
def index(query: EventsQuery) -> Answer:
    """The audit log, newest first."""
    statement = queries.events(
        action=query.action or "",
        actor=query.actor or "",
        subject=query.subject or "",
        since=query.since,
        until=query.until,
    )
    if query.cursor is not None:
        return _behind_cursor(statement, query.cursor, query.per_page)
    page = paginate(statement, page=query.page, per_page=query.per_page)
    cursor = _cursor(page.items[-1]) if page.has_next else None
    answer = Events(
        events=[Event.of(event) for event in page.items], next_cursor=cursor, **numbered(page, query.per_page)
    )
    return Answer(answer, headers=page_links(page))


def _behind_cursor(statement: Select[AuditEvent], cursor: str, per_page: int) -> Answer:
    _, event_id = position(cursor)
    found = list(db.session.scalars(statement.where(AuditEvent.id < event_id).limit(per_page + 1)))
    shown = found[:per_page]
    further = _cursor(shown[-1]) if len(found) > per_page else None
    answer = Events(
        events=[Event.of(event) for event in shown],
        total=None,
        page=None,
        per_page=per_page,
        pages=None,
        next_cursor=further,
    )
    return Answer(answer, headers=links(next={"cursor": further} if further else None))


def _cursor(event: AuditEvent) -> str:
    return cursor_of(event.at, event.id)
