"""Views of posts: lists for readers, the pages of writers, and the history."""
