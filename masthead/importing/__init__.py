"""Content from elsewhere becomes posts, pages, bylines, tags and redirects.

`importer` runs the stages: scan, plan the addresses, prepare items in a worker pool, store them, report. Sources are below:
`markdown` reads a folder of Markdown files. Preparation has no access to the database; `storing` calls the same actions as
the desk.
"""
