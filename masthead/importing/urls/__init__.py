"""Old and new addresses: how site generators build them, who owns them, and where they lead after the import."""
