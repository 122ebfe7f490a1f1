"""Emails about comments: the recipients, and the jobs that send them."""
