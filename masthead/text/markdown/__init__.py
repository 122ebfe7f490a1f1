"""Markdown to safe HTML: the parser with its rules and limits, and the renderer."""
