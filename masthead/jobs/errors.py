"""Errors with which a task controls the runner."""


class NoRetry(Exception):
    """A retry would fail in the same way, so the job is dead at once; `masthead jobs retry` restarts it."""
