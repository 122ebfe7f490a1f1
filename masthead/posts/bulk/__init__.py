"""Changes of many posts as one job, with a result for each post, and with undo."""
