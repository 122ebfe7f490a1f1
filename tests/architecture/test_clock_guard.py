"""Periodic tasks that delete by the clock say so, since they have to wait after it has leapt."""

import inspect
import re

from masthead.jobs import registry

#: What they call or execute for it.
DELETING = re.compile(r"\bdelete\(|\.forget\w*\(|forget_\w+\(|purge|carry_out\(|sweep\(")


def test_periodic_tasks_that_delete_say_so() -> None:
    quiet = [
        name
        for name in registry.periods()
        if (task := registry.find(name)) is not None
        and not task.deletes
        and DELETING.search(inspect.getsource(task.function))
    ]
    assert quiet == []


def test_some_periodic_work_goes_on_whatever_the_clock_says() -> None:
    assert any(not task.deletes for name in registry.periods() if (task := registry.find(name)) is not None)
