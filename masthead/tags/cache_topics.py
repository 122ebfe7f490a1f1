"""The topics of tags in the page cache."""

from masthead.pagecache import Topic, TopicFamily

TAGS = Topic("tags")
TAG = TopicFamily("tag")
