"""Pages that combine several features: home, a post with its comments, redirects, set-up."""
