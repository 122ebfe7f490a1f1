"""The demonstration publication: its people, texts, comments and pictures. Everything here was written and drawn for it."""
