"""Parsers that several sources share: text encoding, front matter, dates, plain text."""
