"""The API of post templates and snippets."""
