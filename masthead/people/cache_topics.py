"""The topics of people in the page cache."""

from masthead.pagecache import Topic, TopicFamily

#: Who has an account or a byline.
PEOPLE = Topic("people")
#: The name, picture and words about one person.
AUTHOR = TopicFamily("author")
