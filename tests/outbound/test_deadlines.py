"""After the deadline of a request nothing is read and nothing is sent, whatever the connection still could."""

import time

import httpcore2
import pytest

from masthead.outbound.connections import _TimedStream


class Untouched:
    """A connection that must not be asked."""

    def read(self, *_args):
        raise AssertionError("read")

    def write(self, *_args):
        raise AssertionError("written")


def test_nothing_is_read_or_sent_after_the_deadline():
    stream = _TimedStream(Untouched(), time.monotonic() - 1)
    with pytest.raises(httpcore2.ReadTimeout):
        stream.read(1)
    with pytest.raises(httpcore2.ReadTimeout):
        stream.write(b"late")
