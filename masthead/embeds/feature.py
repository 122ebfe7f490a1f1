"""Cards and players for pages of other sites."""

from masthead.embeds import tasks
from masthead.features import Feature

feature = Feature(name="embeds", tasks=(tasks,))
