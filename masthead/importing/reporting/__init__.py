"""The import's plan and its report, as JSON and on the console."""
