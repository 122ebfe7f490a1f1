"""Texts from elsewhere: folders of Markdown files become posts, pages, bylines, tags and redirects.

Reading (`folder`, `front_matter`, `dialects`, `translation`, `links`) is pure: no Flask, no database. Writing (`actions`, `cli`)
goes through the same actions as the desk.
"""
