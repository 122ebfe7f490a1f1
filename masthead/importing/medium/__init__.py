"""The source "Medium": the ZIP of its export."""
