"""Moderation of comments: the queue, its rows and its buttons."""
