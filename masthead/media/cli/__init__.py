"""The command `masthead media`."""
