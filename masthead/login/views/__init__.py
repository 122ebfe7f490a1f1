"""Pages for signing in, recovering an account and changing how one signs in."""
