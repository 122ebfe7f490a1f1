"""Background jobs: the outbox, its runner and the schedule.

A job is a row written in the transaction of the change that needs it (transactional outbox), so neither exists without
the other. Features fill the registry with `task`; this package does not know them. `enqueue` never commits.
"""

from masthead.jobs.outbox import enqueue
from masthead.jobs.registry import Task, periodic, task

__all__ = ["Task", "enqueue", "periodic", "task"]
