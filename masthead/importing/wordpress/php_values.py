"""Reads values that PHP has serialised: scalars and arrays. Objects are named and never made."""

import re
from typing import Final, TypeAlias

PhpValue: TypeAlias = "str | int | float | bool | dict[str, PhpValue] | None"
MAX_DEPTH: Final = 30
MAX_VALUES: Final = 100_000
_NUMBER: Final = re.compile(rb"([bid]):(-?[0-9.eE+-]{1,40}|INF|-INF|NAN);")
_SIZED: Final = re.compile(rb"([saOC]):(\d{1,9}):")


class NotSerialised(ValueError):
    """The text is no value that PHP has serialised."""


class PhpObject(NotSerialised):
    """The text holds an object; the message is the name of its class."""


def parse(text: str) -> PhpValue:
    """Parse a value; raises `NotSerialised`, and `PhpObject` for objects of any class."""
    reader = _Reader(text.encode("utf-8", "replace"))
    value = reader.value(0)
    if reader.rest.strip():
        raise NotSerialised("something follows the value")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._values = 0

    @property
    def rest(self) -> bytes:
        return self._data[self._at :]

    def value(self, depth: int) -> PhpValue:
        self._values += 1
        if depth > MAX_DEPTH or self._values > MAX_VALUES:
            raise NotSerialised("too many values")
        if self._data.startswith(b"N;", self._at):
            self._at += 2
            return None
        number = _NUMBER.match(self._data, self._at)
        if number:
            self._at = number.end()
            return _number(number)
        sized = _SIZED.match(self._data, self._at)
        if sized is None:
            raise NotSerialised("no value")
        self._at = sized.end()
        size = int(sized[2])
        match sized[1]:
            case b"s":
                return self._string(size)
            case b"a":
                return self._array(size, depth)
            case _:
                raise PhpObject(self._string_of(size))

    def _string(self, size: int) -> str:
        text = self._string_of(size)
        if self._data[self._at : self._at + 1] != b";":
            raise NotSerialised("no end of a string")
        self._at += 1
        return text

    def _string_of(self, size: int) -> str:
        start, end = self._at + 1, self._at + 1 + size
        if self._data[self._at : start] != b'"' or self._data[end : end + 1] != b'"':
            raise NotSerialised("no string")
        self._at = end + 1
        return self._data[start:end].decode("utf-8", "replace")

    def _array(self, size: int, depth: int) -> dict[str, PhpValue]:
        if self._data[self._at : self._at + 1] != b"{":
            raise NotSerialised("no array")
        self._at += 1
        found: dict[str, PhpValue] = {}
        for _ in range(size):
            key = self.value(depth + 1)
            found[str(key)] = self.value(depth + 1)
        if self._data[self._at : self._at + 1] != b"}":
            raise NotSerialised("no end of an array")
        self._at += 1
        return found


def _number(match: re.Match[bytes]) -> int | float | bool:
    text = match[2].decode()
    try:
        if match[1] == b"d":
            return float(text)
        return text != "0" if match[1] == b"b" else int(text)
    except ValueError:
        raise NotSerialised("no number") from None
