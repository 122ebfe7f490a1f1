"""Redirects from old paths to present URLs."""
