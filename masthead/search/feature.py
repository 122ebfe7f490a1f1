"""Full text search."""

from masthead.account_deletion.signals import transfer_content
from masthead.features import Feature
from masthead.search import api, receivers, views

feature = Feature(
    name="search",
    blueprints=((views.bp, ""),),
    api=((api.bp, "/search"),),
    # The import also registers the receivers that update the index.
    receivers=((transfer_content, receivers.reindex_transferred_posts),),
)
