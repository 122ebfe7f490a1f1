"""Posts: writing, revising, publishing, and the lists by date, tag and author."""
