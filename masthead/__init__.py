"""Masthead: a self-hosted, multi-author publishing platform."""

__version__ = "0.1.0"
