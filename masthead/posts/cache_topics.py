"""The topics of posts in the page cache."""

from masthead.pagecache import Topic, TopicFamily

#: The set of public posts, with their order, slugs, tags and bylines.
POSTS = Topic("posts")
#: Any visible change of any post; feeds and site maps contain its time.
EDITS = Topic("edits")
#: The content of one post.
POST = TopicFamily("post")
