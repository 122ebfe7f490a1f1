"""The form of a post, its fields and its errors."""
