"""The log of who did what: written in the transaction of the deed, read by administrators, changed by nobody."""

from masthead.audit.recording import record

__all__ = ["record"]
