"""The demonstration publication: people, texts, comments and pictures, all written and drawn for it."""
