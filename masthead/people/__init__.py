"""Users, bylines without an account, roles and what they permit."""
