"""The API of posts, their people, tags and revisions."""
