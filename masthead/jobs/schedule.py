"""The schedule of periodic tasks: each is enqueued once in its period by the first process."""

from masthead import clock
from masthead.db import db, insert_into
from masthead.jobs import clock_guard, outbox, registry
from masthead.jobs.models import Tick


def tick(known: dict[str, int]) -> None:
    """Enqueue periodic tasks and commit. ``known`` caches, between calls, slots that need no query."""
    may_delete = clock_guard.is_steady()
    now = int(clock.now().timestamp())
    slots = {name: now // int(period.total_seconds()) for name, period in registry.periods().items()}
    due = {name: slot for name, slot in slots.items() if known.get(name) != slot}
    if not due:
        return
    queued: dict[str, int] = {}
    for name, slot in due.items():
        task = registry.find(name)
        if task is None or (task.deletes and not may_delete):
            continue
        if _is_first(name, slot):
            outbox.enqueue(task, unique_key=f"periodic:{name}")
        queued[name] = slot
    db.session.commit()
    known.update(queued)


def _is_first(name: str, slot: int) -> bool:
    """Tell if no other process has enqueued the task in this slot; claims the slot."""
    statement = insert_into(Tick, db.session.get_bind().dialect).values(name=name, slot=slot)
    statement = statement.on_conflict_do_update(
        index_elements=["name"],
        set_={"slot": statement.excluded.slot},
        # Clocks of machines differ by less than a period. A slot further ahead was stored during a clock leap.
        where=(Tick.slot < statement.excluded.slot) | (Tick.slot > statement.excluded.slot + 1),
    )
    return db.session.scalar(statement.returning(Tick.name)) is not None
