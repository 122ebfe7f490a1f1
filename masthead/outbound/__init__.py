"""The only way out: whatever Masthead fetches from an address that somebody gave it, it fetches here."""
