"""Signing in, registration and sessions for programs."""
