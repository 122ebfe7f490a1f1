"""Values of columns as JSON, equal from both databases, and back with a check against the column."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, String
from sqlalchemy import Enum as EnumType

from masthead.db import UTCDateTime
from masthead.text.plain import is_storable

#: JSON writes these as they are; YAML takes some for line breaks and refuses others.
_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_GREATEST: Final = 2**31 - 1
_GREATEST_LONG: Final = 2**63 - 1


class BadValue(Exception):
    """A value does not fit its field; the message says why."""


def to_json(value: Any) -> Any:
    """A stored value, as JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def line(value: Any) -> str:
    """JSON on one line, with the same bytes for the same value; also valid as YAML."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def is_left_out(column: Column[Any], value: Any) -> bool:
    """Tell if a value is what a missing field means: nothing, or an empty text."""
    return value is None or (value == "" and _may_be_missing_text(column))


def _may_be_missing_text(column: Column[Any]) -> bool:
    """A text that is empty by default; a title or a body is always there."""
    is_text = isinstance(column.type, String) and not isinstance(column.type, EnumType)
    return is_text and not column.nullable and column.default is not None


def from_json(column: Column[Any], fields: Mapping[str, Any]) -> Any:
    """The value of a column; raises `BadValue`."""
    value = fields.get(column.name)
    if value is None:
        return _missing(column)
    return _checked(column, value)


def _missing(column: Column[Any]) -> Any:
    if column.nullable:
        return None
    if _may_be_missing_text(column):
        return ""
    default = column.default
    if default is not None and default.is_scalar:
        return default.arg  # type: ignore[attr-defined]
    raise BadValue(f"the field “{column.name}” is missing")


def _checked(column: Column[Any], value: Any) -> Any:
    kind, name = column.type, column.name
    if isinstance(kind, EnumType):
        return _choice(kind, name, value)
    if isinstance(kind, UTCDateTime):
        return moment(name, value)
    if isinstance(kind, Date):
        return _day(name, value)
    if isinstance(kind, Boolean):
        return _of(bool, name, value)
    if isinstance(kind, Integer):
        return _number(column, value)
    if isinstance(kind, Float):
        return float(_of((int, float), name, value))
    if isinstance(kind, JSON):
        return _json(name, value)
    return text(name, value, limit=getattr(kind, "length", None))


def _of(kinds: type | tuple[type, ...], name: str, value: Any) -> Any:
    if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
        raise BadValue(f"the field “{name}” has the wrong type")
    return value


def text(name: str, value: Any, *, limit: int | None = None) -> str:
    """A text that both databases can store."""
    _of(str, name, value)
    if not is_storable(value):
        raise BadValue(f"the field “{name}” holds characters that cannot be stored")
    if limit is not None and len(value) > limit:
        raise BadValue(f"the field “{name}” is longer than {limit} characters")
    return str(value)


def texts(name: str, value: Any) -> list[str]:
    """A list of texts."""
    return [text(name, one) for one in _of(list, name, value or [])]


def moment(name: str, value: Any) -> datetime:
    """A point in time, with its zone."""
    try:
        found = datetime.fromisoformat(_of(str, name, value))
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise BadValue(f"the field “{name}” is no date with a time zone")


def _day(name: str, value: Any) -> date:
    try:
        return date.fromisoformat(_of(str, name, value))
    except ValueError:
        raise BadValue(f"the field “{name}” is no date") from None


def _choice(kind: EnumType, name: str, value: Any) -> Any:
    try:
        return kind.enum_class(value) if kind.enum_class is not None else value
    except ValueError:
        raise BadValue(f"the field “{name}” has a value that does not exist here") from None


def _number(column: Column[Any], value: Any) -> int:
    number = int(_of(int, column.name, value))
    greatest = _GREATEST if type(column.type) is Integer else _GREATEST_LONG
    if not 0 <= number <= greatest:
        raise BadValue(f"the field “{column.name}” is out of range")
    return number


def _json(name: str, value: Any) -> Any:
    if not is_storable(json.dumps(value, ensure_ascii=False)):
        raise BadValue(f"the field “{name}” holds characters that cannot be stored")
    return value
