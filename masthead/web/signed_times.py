"""Signatures that end by our clock, which ignores leaps: a clock that is wrong for a moment ends no session."""

from itsdangerous import TimestampSigner

from masthead import clock


class SteadySigner(TimestampSigner):
    """Signs with the time that `masthead.clock` tells."""

    def get_timestamp(self) -> int:
        """The present second."""
        return int(clock.now().timestamp())
