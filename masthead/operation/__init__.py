"""Operation of a site from the shell: server, schema, backups, checks, sample data."""
