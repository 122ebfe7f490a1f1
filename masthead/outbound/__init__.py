"""Outbound HTTP: the only client for URLs that people give, with protection against SSRF."""
