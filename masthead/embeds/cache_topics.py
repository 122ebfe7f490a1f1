"""The topic of embeds in the page cache."""

from masthead.pagecache import Topic

#: Every card: cards are made once, and seldom.
EMBEDS = Topic("embeds")
