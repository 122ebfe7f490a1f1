"""Background jobs."""

from masthead.features import Feature
from masthead.jobs import tasks

feature = Feature(
    name="jobs",
    tasks=(tasks,),
)
