"""HTML of other systems as Masthead's Markdown."""
