"""Post templates and snippets for editors: list, create, edit and delete."""
