"""Brings files in: from requests, in parts, and from the shell; and what becomes of them before they are stored."""
