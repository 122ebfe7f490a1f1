"""The topics of pages in the page cache."""

from masthead.pagecache import Topic, TopicFamily

#: The set of public pages and their slugs.
PAGES = Topic("pages")
PAGE = TopicFamily("page")
