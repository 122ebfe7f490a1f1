"""Full text search over published posts, with the means of the database: FTS5 or tsvector."""
