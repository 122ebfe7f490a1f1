"""Every background task has words of its own, which people read in place of its name."""

from masthead.jobs import labels, registry


def test_every_task_has_a_label(app):
    ours = {name for name in registry._tasks if not name.startswith("tests.")}
    assert ours >= {"posts.purge_trash", "pagecache.forget_old"}
    assert set(labels.TASKS) == ours


def test_labels_tell_the_tasks_apart():
    assert len(set(labels.TASKS.values())) == len(labels.TASKS)
    assert labels.of_task("addon.sync") == "addon.sync"
