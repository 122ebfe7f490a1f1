"""The publication's settings that its administrators change: title, accent colour, navigation, policies."""
