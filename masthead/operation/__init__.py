"""Running a site from the shell: the server, the schema, sample data."""
