"""The settings of the publication that its people change: title, accent colour, navigation, policies."""
