"""Posts: writing, revising and publishing, and the lists by date, tag and author."""
