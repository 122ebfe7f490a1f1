"""The topics of media in the page cache."""

from masthead.pagecache import Topic, TopicFamily

#: The set of files and their addresses: pages show an address without a file as it stands in the text.
MEDIA = Topic("media")
#: Everything that pages show of one file.
MEDIUM = TopicFamily("medium")
