"""Middleware and hooks around every request: size limits, buffering, load shedding, compression, headers, static files."""
