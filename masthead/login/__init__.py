"""Signing in and out: passwords, sessions, throttling, one-time links, recovery and registration."""
