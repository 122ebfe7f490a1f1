"""Names of people: uniqueness of display names, and reserved user names."""
