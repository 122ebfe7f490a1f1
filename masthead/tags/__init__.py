"""Tags: the subjects of posts."""
