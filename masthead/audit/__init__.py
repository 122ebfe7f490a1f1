"""The audit log: written in the transaction of the action, read by administrators, changed by nobody."""

from masthead.audit.recording import record

__all__ = ["record"]
