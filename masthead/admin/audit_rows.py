"""Rows of the audit log for the administration."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from masthead.audit import labels
from masthead.audit.models import AuditEvent


class Detail(NamedTuple):
    """A detail of an entry: one value, or a value before and after."""

    label: str
    value: str
    after: str | None = None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An entry in the list."""

    at: datetime
    actor: str
    action: str
    subject: str
    details: list[Detail]
    address: str
    request_id: str


def row(event: AuditEvent) -> AuditRow:
    """Return the row of an entry."""
    return AuditRow(
        at=event.at,
        actor=event.actor_name,
        action=labels.of_action(event.action),
        subject=event.subject,
        details=list(_details(event.details)),
        address=event.address,
        request_id=event.request_id,
    )


def _details(details: dict[str, Any]) -> Iterator[Detail]:
    """Return the details: the change itself first, without a label, then the rest by name."""
    if {"before", "after"} <= details.keys():
        yield Detail("", str(details["before"]), str(details["after"]))
    for name in sorted(details.keys() - {"before", "after"}, key=str.lower):
        value, label = details[name], labels.of_detail(name)
        if isinstance(value, dict):
            yield Detail(label, _or_nothing(value.get("before")), _or_nothing(value.get("after")))
        else:
            yield Detail(label, _in_words(value))


def _or_nothing(value: object) -> str:
    return str(value or "nothing")


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
