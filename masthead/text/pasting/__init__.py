"""Text of a clipboard as Markdown."""
