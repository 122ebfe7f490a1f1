"""Previews of posts: rendered text that is not stored, and secret links to working copies."""
