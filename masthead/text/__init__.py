"""Text without Flask and without a database: Markdown to safe HTML, slugs, excerpts, names and colours."""
