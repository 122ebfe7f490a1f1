"""Authentication of API clients: JWTs with refresh families, and personal tokens."""
