"""The topic of settings in the page cache."""

from masthead.pagecache import Topic

SETTINGS = Topic("settings")
