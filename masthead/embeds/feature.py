"""Cards and players for pages of other sites."""

from masthead.embeds import receivers, tasks
from masthead.features import Feature
from masthead.media.signals import describe_uses

feature = Feature(
    name="embeds", tasks=(tasks,), receivers=((describe_uses, receivers.describe_uses_in_cards),)
)
