"""File storage by key: one interface for a local folder and an object store. Knows no feature."""
