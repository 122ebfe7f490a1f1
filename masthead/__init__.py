"""Masthead: a self-hosted, multi-author publishing platform."""

__version__ = "1.0.0"
