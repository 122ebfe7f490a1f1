"""The publication as a folder of Markdown files that Hugo reads, and that comes back whole by an import."""
