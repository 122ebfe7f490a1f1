"""Imports in the browser: upload, dry run, import and report."""
