"""Timed signatures that use `masthead.clock`: a wall clock that leaps for a moment ends no session."""

from itsdangerous import TimestampSigner

from masthead import clock


class SteadySigner(TimestampSigner):
    """A signer that takes its timestamp from `masthead.clock`."""

    def get_timestamp(self) -> int:
        """Return the current time in seconds."""
        return int(clock.now().timestamp())
