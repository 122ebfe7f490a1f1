"""The page that a person lands on after signing in."""
