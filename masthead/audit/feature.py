"""The audit log."""

from masthead.audit import tasks
from masthead.features import Feature

feature = Feature(
    name="audit",
    tasks=(tasks,),
)
