"""The whole publication as one ZIP that another Masthead, or a few lines of Python, can read."""
