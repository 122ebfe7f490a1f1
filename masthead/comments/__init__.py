"""Comments: threads below posts, and their moderation."""
