"""The source "WordPress": the files of its export (WXR, WordPress eXtended RSS)."""
