"""How programs sign in to the API: JWTs with refresh families, and personal tokens."""
