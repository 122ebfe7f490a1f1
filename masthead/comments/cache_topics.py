"""The topics of comments in the page cache."""

from masthead.pagecache import TopicFamily

#: The comments below one post, by the post's id.
COMMENTS = TopicFamily("comments")
