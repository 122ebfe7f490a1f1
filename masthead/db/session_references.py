"""Strong references to loaded objects for the lifetime of their session.

SQLAlchemy references loaded objects weakly. Garbage collection in another thread may then free an object while this
thread closes its session, and both write to the object's state. Python 3.11 collects in the middle of any allocation
and crashes on that (docs/decisions/0009-loaded-objects-outlive-their-session.md).
"""

import threading
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.orm import Session

_LOADED: Final = "masthead.loaded"


def _hold(session: Session, instance: Any) -> None:
    # Commands have a single thread, and may load a million rows.
    if threading.current_thread() is not threading.main_thread():
        session.info.setdefault(_LOADED, []).append(instance)


event.listen(Session, "loaded_as_persistent", _hold)
event.listen(Session, "pending_to_persistent", _hold)
