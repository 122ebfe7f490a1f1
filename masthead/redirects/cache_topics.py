"""The topic of redirects in the page cache."""

from masthead.pagecache import Topic

REDIRECTS = Topic("redirects")
