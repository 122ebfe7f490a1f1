"""Checks and encodes files that people bring in: pure, without a database, in processes of its own."""
