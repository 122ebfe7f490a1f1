"""Full text search over published posts, by the database: FTS5 or tsvector."""
