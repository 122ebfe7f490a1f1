"""Lists of posts: rows, filters, selections and counts."""
