"""The topics of people in the page cache."""

from masthead.pagecache import Topic, TopicFamily

#: The set of all accounts and bylines.
PEOPLE = Topic("people")
#: The public profile of one person.
AUTHOR = TopicFamily("author")
