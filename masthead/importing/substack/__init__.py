"""The source "Substack": the ZIP of its export."""
