"""Errors that tell the runner what to do with a job."""


class NoRetry(Exception):
    """Another attempt would fail in the same way, so the job is dead at once; `masthead jobs retry` starts it afresh."""
