"""People: accounts, bylines without an account, roles and what they permit, signing in and out."""
