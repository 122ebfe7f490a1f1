"""The page cache."""

from masthead.features import Feature
from masthead.pagecache import tasks

feature = Feature(
    name="pagecache",
    tasks=(tasks,),
)
