"""The topics of pages in the page cache."""

from masthead.pagecache import Topic, TopicFamily

#: Which pages are public, and under which addresses.
PAGES = Topic("pages")
PAGE = TopicFamily("page")
