"""The pages that show more than one feature: home, a post with its comments, old addresses, the first run."""
