"""The topics of posts in the page cache."""

from masthead.pagecache import Topic, TopicFamily

#: Which posts are public, in which order, under which addresses, tags and bylines.
POSTS = Topic("posts")
#: Any change that readers see in any post; feeds and site maps name its time.
EDITS = Topic("edits")
#: The content of one post.
POST = TopicFamily("post")
