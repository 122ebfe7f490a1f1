"""Prepares items for storage: rewrites links, imports images, renders. Runs in worker processes, without a database."""
