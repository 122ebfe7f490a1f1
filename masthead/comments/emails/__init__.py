"""Emails about comments: who is told of what, and the jobs that send."""
